import { useCallback, type ReactNode } from 'react';
import { answerOf } from '../api/client';
import { usePages } from '../context';
import type { FilterControl } from '../filters/useFilters';
import { monthOf, monthsBetween, type Month } from '../format/months';
import { useLoad } from '../loading/useLoad';
import type { ApplicationSearch } from './ApplicationSelect';
import { FilterBar } from './FilterBar';

export interface PageFiltersProps {
  control: FilterControl;
  /** What the answer says of itself. */
  shown: { months: { from: Month; to: Month }; pricingView: { pricingViewId: string } } | null;
  allowsRange?: boolean;
  /** Whether what is shown can be limited to applications. */
  hasApplications?: boolean;
  children?: ReactNode;
}

/** The filters of a page, with the months, prices and applications that there are. */
export function PageFilters({ control, shown, allowsRange, hasApplications = false, children }: PageFiltersProps) {
  const { months, views } = useChoices();
  const search = useApplicationSearch();
  const all = shown ? withShown(months, shown.months) : months;
  return (
    <FilterBar
      control={control}
      shown={shown && shown.months}
      months={all}
      views={views}
      shownView={shown && shown.pricingView.pricingViewId}
      {...(allowsRange === undefined ? {} : { allowsRange })}
      {...(hasApplications ? { searchApplications: search } : {})}
    >
      {children}
    </FilterBar>
  );
}

/** How the API finds applications by id, label or owner. */
export function useApplicationSearch(): ApplicationSearch {
  const { client } = usePages();
  return useCallback(
    async (search: string, signal: AbortSignal) => {
      const query = { limit: 20, ...(search ? { search } : {}) };
      return answerOf(client.GET('/applications', { params: { query }, signal }));
    },
    [client],
  );
}

/** Months that anything is known of, in order, and published pricing views. */
export function useChoices() {
  const { client, language } = usePages();
  const known = useLoad(`months ${language}`, signal => answerOf(client.GET('/months', { signal })));
  const priced = useLoad(`pricing-views ${language}`, signal => answerOf(client.GET('/pricing-views', { signal })));
  return {
    months: known.data ? known.data.items.map(({ month }) => month).sort() : [],
    views: priced.data ? priced.data.items.filter(view => !view.isDraft) : [],
  };
}

function withShown(months: readonly Month[], shown: { from: Month; to: Month }): Month[] {
  const now = monthOf(new Date());
  const all = [...months, shown.from, shown.to, ...(months.length ? [now] : [])].sort();
  return monthsBetween(all[0] ?? now, all.at(-1) ?? now);
}
