import { useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import { usePages } from '../context';
import { filtersOf, withFilters } from '../filters/useFilters';
import type { Month } from '../format/months';

/** An amount to be explained; the less is named, the more it is the sum of. */
export interface Explained {
  month: Month;
  application?: string | null;
  domain?: string | null;
  family?: string | null;
  product?: string | null;
  owner?: string | null;
  version?: number | null;
}

export interface Remembered {
  of: 'total' | 'domain' | 'family' | 'product' | 'application';
  id?: string | null;
  domain?: string | null;
}

export interface Paths {
  home: string;
  domains: string;
  domain: (id: string) => string;
  applications: (search?: string) => string;
  application: (id: string) => string;
  explain: (what: Explained) => string;
  history: (what: Remembered) => string;
  months: string;
  month: (month: Month) => string;
  statement: (month: Month, closing?: number) => string;
  quarantine: (what: { month?: Month; domain?: string; stage?: string }) => string;
  difference: (month: Month, domain: string) => string;
  /** The same addresses with one month looked at. */
  inMonth: (month: Month) => Paths;
  products: (domain?: string) => string;
  product: (domain: string, id: string) => string;
  pricing: string;
  pricingView: (id: string) => string;
  /** Products of one month in a view, by cost; null is the default view. */
  rankedProducts: (month: Month, view: string | null) => string;
  compare: (sides: { before: string; after: string }) => string;
  priceHistory: (view: string, domain: string, product: string) => string;
}

/** Addresses of pages and of what they show, with the filters of this one. */
export function usePaths(): Paths {
  const { base } = usePages();
  const [params] = useSearchParams();
  const kept = withFilters(new URLSearchParams(), filtersOf(params)).toString();
  return useMemo(() => pathsOf(base, new URLSearchParams(kept)), [base, kept]);
}

function pathsOf(base: string, filters: URLSearchParams): Paths {
  const to = (path: string, more: Named = {}) => written(base, path, filters, more);
  const view = filters.get('view');
  // one amount of one month: a range is no part of it, nor are applications where it is of one
  const prices = new URLSearchParams(view ? { view } : {});
  const amounts = new URLSearchParams(prices);
  filters.getAll('app').forEach(id => amounts.append('app', id));
  return {
    home: to(''),
    domains: to('domains'),
    domain: id => to(`domains/${encodeURIComponent(id)}`),
    applications: search => to('applications', { search }),
    application: id => to(`applications/${encodeURIComponent(id)}`),
    explain: what => written(base, 'explain', what.application ? prices : amounts, { ...what }),
    history: what => to('history', { ...what }),
    months: written(base, 'months', prices, {}),
    month: month => written(base, `months/${month}`, prices, {}),
    statement: (month, closing) => written(base, `months/${month}/statement`, prices, { closing }),
    quarantine: what => written(base, 'quarantine', prices, { ...what }),
    difference: (month, domain) => written(base, 'months/changes', prices, { month, domain }),
    inMonth: month => {
      const one = new URLSearchParams(prices);
      one.set('month', month);
      return pathsOf(base, one);
    },
    products: domain => to('products', { domain }),
    pricing: to('pricing'),
    pricingView: id => to(`pricing/${encodeURIComponent(id)}`),
    rankedProducts: (month, ranked) =>
      written(base, 'rankings', new URLSearchParams(), { of: 'product', top: 500, month, view: ranked }),
    compare: sides => to('pricing/compare', sides),
    priceHistory: (view, domain, product) => to(`pricing/${[view, domain, product].map(encodeURIComponent).join('/')}`),
    product: (domain, id) => to(`products/${encodeURIComponent(domain)}/${encodeURIComponent(id)}`),
  };
}

type Named = Record<string, string | number | null | undefined>;

function written(base: string, path: string, filters: URLSearchParams, more: Named): string {
  const params = new URLSearchParams(filters);
  Object.entries(more).forEach(([name, value]) => {
    if (value !== null && value !== undefined && value !== '') params.set(name, String(value));
  });
  const text = params.toString();
  return `${base}/${path}${text && `?${text}`}`;
}
