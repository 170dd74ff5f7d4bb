import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import { isMonth, type Month } from '../format/months';

/** What is looked at, as the URL says it; what it does not say is for the API to choose. */
export interface Filters {
  /** One month; null where a range, or nothing, is asked for. */
  month: Month | null;
  from: Month | null;
  to: Month | null;
  pricingView: string | null;
  applications: readonly string[];
}

/** The same as the API's query parameters. */
export interface Asked {
  month?: Month;
  from?: Month;
  to?: Month;
  pricingView?: string;
  application?: string[];
}

export interface FilterControl {
  filters: Filters;
  asked: Asked;
  /** `?…` for links that keep the filters, or nothing. */
  search: string;
  change: (changes: Partial<Filters>) => void;
  reset: () => void;
}

const OURS = ['month', 'from', 'to', 'view', 'app'] as const;

/** Reads filters; a malformed one counts as not given. */
export function filtersOf(params: URLSearchParams): Filters {
  const month = monthIn(params, 'month');
  const from = monthIn(params, 'from');
  const to = monthIn(params, 'to');
  const isRange = !month && from !== null && to !== null && from <= to;
  return {
    month,
    from: isRange ? from : null,
    to: isRange ? to : null,
    pricingView: params.get('view') || null,
    applications: [...new Set(params.getAll('app').filter(Boolean))],
  };
}

/** Writes them, leaving the other parameters as they are. */
export function withFilters(params: URLSearchParams, filters: Filters): URLSearchParams {
  const next = new URLSearchParams(params);
  OURS.forEach(name => next.delete(name));
  if (filters.month) next.set('month', filters.month);
  else if (filters.from && filters.to) {
    next.set('from', filters.from);
    next.set('to', filters.to);
  }
  if (filters.pricingView) next.set('view', filters.pricingView);
  filters.applications.forEach(id => next.append('app', id));
  return next;
}

/** The API's parameters of filters. */
export function askedOf(filters: Filters): Asked {
  return {
    ...(filters.month ? { month: filters.month } : {}),
    ...(filters.from && filters.to ? { from: filters.from, to: filters.to } : {}),
    ...(filters.pricingView ? { pricingView: filters.pricingView } : {}),
    ...(filters.applications.length ? { application: [...filters.applications] } : {}),
  };
}

/** The filters of the URL; changing them is a step that the back button undoes. */
export function useFilters(): FilterControl {
  const [params, setParams] = useSearchParams();
  const filters = useMemo(() => filtersOf(params), [params]);
  const asked = useMemo(() => askedOf(filters), [filters]);
  const change = useCallback(
    (changes: Partial<Filters>) => setParams(now => withFilters(now, { ...filtersOf(now), ...changes })),
    [setParams],
  );
  const reset = useCallback(() => {
    setParams(now => withFilters(now, filtersOf(new URLSearchParams())));
  }, [setParams]);
  const text = withFilters(new URLSearchParams(), filters).toString();
  return { filters, asked, search: text && `?${text}`, change, reset };
}

function monthIn(params: URLSearchParams, name: string): Month | null {
  const text = params.get(name);
  return isMonth(text) ? text : null;
}
