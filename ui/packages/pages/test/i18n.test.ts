import { expect, it } from 'vitest';
import { en, fr, languageOf, translator } from '../src';

const names = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

it('French has every text, and fills in the same', () => {
  expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort());
  for (const [key, text] of Object.entries(en))
    expect([key, names(fr[key as keyof typeof en])]).toEqual([key, names(text)]);
});

it('French differs from English but where the word is the same', () => {
  const same = Object.entries(en).filter(([key, text]) => fr[key as keyof typeof en] === text);
  expect([...new Set(same.map(([, text]) => text))].sort()).toEqual([
    'Active',
    'Application',
    'Applications',
    'CSV',
    'Direct',
    'Exact',
    'FinOps',
    'Inactive',
    'Indirect',
    'SHA-256 {{sha}}',
    'Source',
    'Total',
    'Version',
    'application',
    '{{count}} application',
    '{{count}} applications',
  ]);
});

it('chooses by number, zero being one in French', () => {
  const english = translator('en', 'en-GB');
  const french = translator('fr', 'fr-FR');
  expect([0, 1, 2000].map(count => english('table.rows', { count }))).toEqual(['0 rows', '1 row', '2,000 rows']);
  expect([0, 1, 2].map(count => french('table.rows', { count }))).toEqual(['0 ligne', '1 ligne', '2 lignes']);
});

it('fills in what it is given as it is', () => {
  expect(translator('en', 'en-GB')('app.caller', { name: '{{name}} $& <b>' })).toBe('Signed in as {{name}} $& <b>');
});

it('takes the first language the reader has, in his own locale', () => {
  expect(languageOf(['de-DE', 'fr-CA', 'en-US'])).toEqual({ language: 'fr', locale: 'fr-CA' });
  expect(languageOf(['de'])).toEqual({ language: 'en', locale: 'en-GB' });
});
