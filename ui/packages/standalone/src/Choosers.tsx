import { LANGUAGES, usePages, type Language } from '@finops-assets/finops-pages';
import { useTheme, type Theme } from './useTheme';

const NAMES: Record<Language, string> = { en: 'English', fr: 'Français' };
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** The reader's language and colours. */
export function Choosers({ onLanguage }: { onLanguage: (language: Language) => void }) {
  const { t, language } = usePages();
  const [theme, setTheme] = useTheme();
  return (
    <>
      <select
        className="fa-input shell-select"
        aria-label={t('app.language')}
        value={language}
        onChange={event => onLanguage(event.target.value as Language)}
      >
        {LANGUAGES.map(name => (
          <option key={name} value={name}>
            {NAMES[name]}
          </option>
        ))}
      </select>
      <select
        className="fa-input shell-select"
        aria-label={t('app.theme')}
        value={theme}
        onChange={event => setTheme(event.target.value as Theme)}
      >
        {THEMES.map(name => (
          <option key={name} value={name}>
            {t(`app.theme.${name}`)}
          </option>
        ))}
      </select>
    </>
  );
}
