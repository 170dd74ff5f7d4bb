import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { appLanguageApiRef, useApi, useRouteRef, useTranslationRef } from '@backstage/frontend-plugin-api';
import { finopsApiRef } from './api';
import {
  answerOf,
  asProblem,
  PagesProvider,
  ProblemNotice,
  type Language,
  type ProblemError,
  type Schemas,
  type Translate,
} from './pages';
import './pages/styles.css';
import { rootRouteRef } from './routes';
import { finopsTranslationRef } from './translation';

/** Gives the pages what they read, from Backstage: the API as the user, his language and texts, and where they are. */
export function BackstagePages({ children }: { children: ReactNode }) {
  const base = useRouteRef(rootRouteRef)?.() ?? '';
  const { language, locale } = useLanguage();
  const api = useApi(finopsApiRef);
  const client = useMemo(() => api.client(language), [api, language]);
  const [me, setMe] = useState<Schemas['Me'] | null>(null);
  const [refused, setRefused] = useState<ProblemError | null>(null);
  useEffect(() => {
    const aborter = new AbortController();
    answerOf(client.GET('/me', { signal: aborter.signal })).then(setMe, error => {
      if (!aborter.signal.aborted) setRefused(asProblem(error));
    });
    return () => aborter.abort();
  }, [client]);
  const t = useTexts(locale);
  return (
    <PagesProvider client={client} language={language} locale={locale} base={base} me={me} t={t}>
      <div className="fa">
        {refused ? <ProblemNotice error={refused} onRetry={() => window.location.reload()} /> : children}
      </div>
    </PagesProvider>
  );
}

/** The language of Backstage, as far as the API and the pages have it, and the reader's own locale of it. */
function useLanguage(): { language: Language; locale: string } {
  const languages = useApi(appLanguageApiRef);
  const [chosen, choose] = useState(() => languages.getLanguage().language);
  useEffect(() => {
    const subscription = languages.language$().subscribe(({ language }) => choose(language));
    return () => subscription.unsubscribe();
  }, [languages]);
  const locale = navigator.languages.find(known => known.split('-')[0] === chosen) ?? chosen;
  return { language: chosen === 'fr' ? 'fr' : 'en', locale };
}

/** The texts as Backstage has them, a company's own included; counts in them as the locale writes them. */
function useTexts(locale: string): Translate {
  const { t } = useTranslationRef(finopsTranslationRef);
  return useMemo(() => {
    const numbers = new Intl.NumberFormat(locale);
    // the keys are checked where the pages ask for them
    const untyped = t as unknown as (key: string, values?: Record<string, string | number>) => string;
    return (key, values = {}) => {
      const written = Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'number' && name !== 'count' ? numbers.format(value) : value,
      ]);
      const text = untyped(key, Object.fromEntries(written));
      const { count } = values;
      return typeof count === 'number' && count > 999 ? text.replace(String(count), numbers.format(count)) : text;
    };
  }, [t, locale]);
}
