import { createContext, useContext, useMemo, type ReactNode } from 'react';
import type { FinopsClient, Schemas } from './api/client';
import { translator, type Language, type Translate } from './i18n/translate';

export type Role = Schemas['Role'];

const RANK: Record<Role, number> = { 'application-owner': 0, viewer: 1, admin: 2 };

export interface Pages {
  client: FinopsClient;
  t: Translate;
  language: Language;
  locale: string;
  /** The path the pages are mounted on, without a slash at its end. */
  base: string;
  me: Schemas['Me'] | null;
  /** Whether the caller has this role or a higher one. The API decides; this only hides what it would refuse. */
  can: (role: Role) => boolean;
  /** Answers of this visit by what was asked, so that going back shows them at once. */
  answers: Map<string, unknown>;
}

const Context = createContext<Pages | null>(null);

export interface PagesProviderProps {
  client: FinopsClient;
  language: Language;
  locale: string;
  base: string;
  me: Schemas['Me'] | null;
  /** The shell's own way to the texts; without it they are those of the language. */
  t?: Translate;
  children: ReactNode;
}

/** What every page reads: the API, the texts and the caller. A shell fills it in. */
export function PagesProvider({ client, language, locale, base, me, t, children }: PagesProviderProps) {
  const value = useMemo<Pages>(
    () => ({
      client,
      language,
      locale,
      base,
      me,
      t: t ?? translator(language, locale),
      can: role => me !== null && RANK[me.role] >= RANK[role],
      answers: new Map(),
    }),
    [client, language, locale, base, me, t],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

/** The pages' context. */
export function usePages(): Pages {
  const pages = useContext(Context);
  if (!pages) throw new Error('usePages needs a PagesProvider around it');
  return pages;
}
