import { useEffect, useMemo, useState } from 'react';
import { LANGUAGES, languageOf, type Language } from '@finops-assets/finops-pages';
import { keep, kept } from './kept';

interface Chosen {
  language: Language;
  locale: string;
  choose: (language: Language) => void;
}

/** The language: chosen here, else the browser's; numbers as the browser's own locale of that language writes them. */
export function useLanguage(): Chosen {
  const [chosen, setChosen] = useState<Language | null>(() => {
    const before = kept('language');
    return LANGUAGES.find(language => language === before) ?? null;
  });
  const found = useMemo(() => {
    const wanted = navigator.languages.filter(locale => !chosen || locale.toLowerCase().startsWith(chosen));
    return languageOf([...wanted, ...(chosen ? [chosen === 'fr' ? 'fr-FR' : 'en-GB'] : [])]);
  }, [chosen]);
  useEffect(() => {
    document.documentElement.lang = found.language;
  }, [found.language]);
  const choose = (language: Language) => {
    keep('language', language);
    setChosen(language);
  };
  return { ...found, choose };
}
