/** The tabs of the page, in their order. A test holds them to the sections that the pages have. */

import type { MessageKey } from './pages/i18n/translate';

export interface SectionTab {
  /** The name of the extension, and its path: `sub-page:finops/<name>`. */
  name: string;
  label: MessageKey;
}

/** The pages call it the empty path. */
export const FIRST = 'dashboard';

export const SECTIONS: readonly SectionTab[] = [
  { name: FIRST, label: 'nav.dashboard' },
  { name: 'domains', label: 'nav.domains' },
  { name: 'applications', label: 'nav.applications' },
  { name: 'rankings', label: 'nav.rankings' },
  { name: 'history', label: 'nav.history' },
  { name: 'months', label: 'nav.months' },
  { name: 'quarantine', label: 'nav.quarantine' },
  { name: 'products', label: 'nav.products' },
  { name: 'pricing', label: 'nav.pricing' },
  { name: 'explain', label: 'nav.explain' },
];
