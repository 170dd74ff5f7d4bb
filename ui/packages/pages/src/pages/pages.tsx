import { type ReactNode } from 'react';
import type { MessageKey } from '../i18n/translate';
import { ApplicationView } from './ApplicationView';
import { Applications } from './Applications';
import { Dashboard } from './Dashboard';
import { DomainView } from './DomainView';
import { Domains } from './Domains';
import { Explain } from './Explain';
import { History } from './History';
import { Rankings } from './Rankings';
import { Months } from './months/Months';
import { MonthView } from './months/MonthView';
import { StatementView } from './months/StatementView';
import { Difference } from './diff/Difference';
import { Compare } from './pricing/Compare';
import { PriceHistory } from './pricing/PriceHistory';
import { Pricing } from './pricing/Pricing';
import { PricingView } from './pricing/PricingView';
import { Products } from './products/Products';
import { ProductView } from './products/ProductView';
import { Quarantine } from './quarantine/Quarantine';

export interface PageOf {
  /** Below the base. */
  path: string;
  /** Its section; null where links lead to it. */
  label: MessageKey | null;
  element: ReactNode;
}

/** The pages there are, in the order of the sections; shells route to them. */
export const PAGES: readonly PageOf[] = [
  { path: '', label: 'nav.dashboard', element: <Dashboard /> },
  { path: 'domains', label: 'nav.domains', element: <Domains /> },
  { path: 'domains/:domainId', label: null, element: <DomainView /> },
  { path: 'applications', label: 'nav.applications', element: <Applications /> },
  { path: 'applications/:applicationId', label: null, element: <ApplicationView /> },
  { path: 'rankings', label: 'nav.rankings', element: <Rankings /> },
  { path: 'history', label: 'nav.history', element: <History /> },
  { path: 'months', label: 'nav.months', element: <Months /> },
  { path: 'months/:month', label: null, element: <MonthView /> },
  { path: 'months/:month/statement', label: null, element: <StatementView /> },
  { path: 'months/changes', label: null, element: <Difference /> },
  { path: 'quarantine', label: 'nav.quarantine', element: <Quarantine /> },
  { path: 'products', label: 'nav.products', element: <Products /> },
  { path: 'products/:domainId/:productId', label: null, element: <ProductView /> },
  { path: 'pricing', label: 'nav.pricing', element: <Pricing /> },
  { path: 'pricing/compare', label: null, element: <Compare /> },
  { path: 'pricing/:viewId', label: null, element: <PricingView /> },
  { path: 'pricing/:viewId/:domainId/:productId', label: null, element: <PriceHistory /> },
  { path: 'explain', label: 'nav.explain', element: <Explain /> },
];
