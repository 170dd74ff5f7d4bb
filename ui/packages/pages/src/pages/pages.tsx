import { type ReactNode } from 'react';
import type { MessageKey } from '../i18n/translate';
import { Dashboard } from './Dashboard';

export interface PageOf {
  /** Below the base. */
  path: string;
  label: MessageKey;
  element: ReactNode;
}

/** The pages there are, in the order of the sections; shells route to them. */
export const PAGES: readonly PageOf[] = [{ path: '', label: 'nav.dashboard', element: <Dashboard /> }];
