import { useId, type ReactNode } from 'react';
import { Button } from '@backstage/ui';
import { usePages } from '../context';
import type { FilterControl } from '../filters/useFilters';
import type { Month } from '../format/months';
import { ApplicationSelect, type ApplicationSearch } from './ApplicationSelect';
import { MonthPicker } from './MonthPicker';

export interface ViewOption {
  pricingViewId: string;
  pricingViewLabel: string;
  currency: string;
  isDefault: boolean;
}

export interface FilterBarProps {
  control: FilterControl;
  /** The months that the answer is about; they stand in the picker while the URL names none. */
  shown: { from: Month; to: Month } | null;
  /** The months that can be chosen, in order. */
  months: readonly Month[];
  /** The pricing views that can be chosen; no choice without at least two. */
  views?: readonly ViewOption[];
  /** The view that the answer is in. */
  shownView?: string | null;
  /** How to look applications up; no choice without it. */
  searchApplications?: ApplicationSearch;
  allowsRange?: boolean;
  children?: ReactNode;
}

/** What is looked at: months, prices and applications, all of it in the URL. */
export function FilterBar(props: FilterBarProps) {
  const { control, shown, months, views = [], shownView = null, searchApplications, allowsRange = true } = props;
  const { filters, change, reset } = control;
  const { t } = usePages();
  const id = useId();
  const isChanged = Boolean(filters.month || filters.from || filters.pricingView || filters.applications.length);
  return (
    <section className="fa-filters fa-no-print" aria-label={t('filters.title')}>
      <MonthPicker
        months={months}
        from={filters.month ?? filters.from ?? shown?.from ?? null}
        to={filters.month ?? filters.to ?? shown?.to ?? null}
        isRange={allowsRange && filters.from !== null}
        allowsRange={allowsRange}
        onChange={change}
      />
      {views.length > 1 && (
        <div className="fa-filter">
          <label htmlFor={id}>{t('filters.view')}</label>
          <select
            className="fa-input"
            id={id}
            value={filters.pricingView ?? shownView ?? ''}
            onChange={event => {
              const chosen = views.find(view => view.pricingViewId === event.target.value);
              change({ pricingView: chosen && !chosen.isDefault ? chosen.pricingViewId : null });
            }}
          >
            {views.map(view => (
              <option key={view.pricingViewId} value={view.pricingViewId}>
                {`${view.pricingViewLabel} (${view.currency})${view.isDefault ? ` – ${t('filters.view.default')}` : ''}`}
              </option>
            ))}
          </select>
        </div>
      )}
      {searchApplications && (
        <ApplicationSelect
          chosen={filters.applications}
          search={searchApplications}
          onChange={applications => change({ applications })}
        />
      )}
      {props.children}
      {isChanged && (
        <Button size="small" variant="tertiary" onPress={reset} className="fa-filter-reset">
          {t('filters.reset')}
        </Button>
      )}
    </section>
  );
}
