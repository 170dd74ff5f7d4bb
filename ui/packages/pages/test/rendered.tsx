import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { useState, type ReactElement } from 'react';
import { MemoryRouter, useLocation } from 'react-router-dom';
import { expect } from 'vitest';
import { PagesProvider, createClient, type Language } from '../src';

export const LOCALES: Record<Language, string> = { en: 'en-GB', fr: 'fr-FR' };

export interface Around {
  language?: Language;
  url?: string;
  /** What answers requests. */
  fetch?: typeof globalThis.fetch;
  role?: 'application-owner' | 'viewer' | 'admin';
}

/** What the pages have around them. */
export function Surroundings({
  language = 'en',
  url = '/',
  fetch,
  role,
  children,
}: Around & { children: ReactElement }) {
  const [client] = useState(() => createClient({ baseUrl: 'http://mart.test', language, ...(fetch ? { fetch } : {}) }));
  const [me] = useState(role ? { name: 'ada', role, seesEveryApplication: true } : null);
  return (
    <MemoryRouter initialEntries={[url]}>
      <PagesProvider client={client} language={language} locale={LOCALES[language]} base="" me={me}>
        <div className="fa">{children}</div>
      </PagesProvider>
    </MemoryRouter>
  );
}

export function show(element: ReactElement, around: Around = {}) {
  return render(<Surroundings {...around}>{element}</Surroundings>);
}

/** Writes down the address, for `where` to read. */
export function Where() {
  const { pathname, search } = useLocation();
  return <output data-testid="where">{`${pathname}${search}`}</output>;
}

/** The address that is open. */
export const where = () => screen.getByTestId('where').textContent;

export const press = (name: string | RegExp) => userEvent.click(screen.getByRole('button', { name }));

/** WCAG 2.2 A and AA, but for colours, which jsdom does not paint: those are looked at in a browser. */
export async function expectAccessible(container: Element): Promise<void> {
  const { violations } = await axe.run(container, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    rules: { 'color-contrast': { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}
