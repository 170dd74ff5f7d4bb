/** Texts by key, checked by the compiler: a key that English lacks, or that French forgets, does not build. */

import { en } from './en';
import { fr } from './fr';

type Key = keyof typeof en;
type Counted<K> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;

/** What `t` is asked for: `_one` and `_other` are chosen by `count`. */
export type MessageKey = Counted<Key>;
export type Values = Record<string, string | number>;
export type Translate = (key: MessageKey, values?: Values) => string;
export type Language = 'en' | 'fr';

export const LANGUAGES: readonly Language[] = ['en', 'fr'];

const MESSAGES: Record<Language, Record<Key, string>> = { en, fr };

/** The texts of a language, numbers in them as the locale writes them. */
export function translator(language: Language, locale: string): Translate {
  const messages: Record<string, string> = MESSAGES[language];
  const plural = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (key, values = {}) => {
    const counted = `${key}_${typeof values.count === 'number' && plural.select(values.count) === 'one' ? 'one' : 'other'}`;
    const text = (typeof values.count === 'number' && messages[counted]) || messages[key] || key;
    return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
      const value = values[name] ?? '';
      return typeof value === 'number' ? numbers.format(value) : value;
    });
  };
}

/** The first language the reader has that the pages have too, and his own locale of it. */
export function languageOf(wanted: readonly string[]): { language: Language; locale: string } {
  for (const locale of wanted) {
    const language = LANGUAGES.find(known => locale.toLowerCase().split('-')[0] === known);
    if (language) return { language, locale };
  }
  return { language: 'en', locale: 'en-GB' };
}
