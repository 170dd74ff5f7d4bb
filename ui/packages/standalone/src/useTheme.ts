import { useEffect, useState } from 'react';
import { keep, kept } from './kept';

export type Theme = 'system' | 'light' | 'dark';

const DARK = '(prefers-color-scheme: dark)';

/** The theme chosen; `system` follows the system as it changes. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const chosen = kept('theme');
    return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
  });
  useEffect(() => {
    const system = matchMedia(DARK);
    const show = () => {
      document.documentElement.dataset.themeMode = theme === 'system' ? (system.matches ? 'dark' : 'light') : theme;
    };
    show();
    system.addEventListener('change', show);
    return () => system.removeEventListener('change', show);
  }, [theme]);
  const choose = (chosen: Theme) => {
    keep('theme', chosen === 'system' ? null : chosen);
    setTheme(chosen);
  };
  return [theme, choose];
}
