import { useId } from 'react';
import { answerOf, type Schemas } from '../api/client';
import { usePages } from '../context';
import { useLoad } from '../loading/useLoad';

export type ViewValue = Schemas['PricingViewInList'];

export interface ViewSelectProps {
  /** The view that is shown; nothing while it is not known. */
  chosen: string | null;
  /** Gets null for the default view, which no address names. */
  onChange: (view: string | null) => void;
}

/** The published pricing views; no choice without at least two. */
export function ViewSelect({ chosen, onChange }: ViewSelectProps) {
  const { t } = usePages();
  const { items } = useViews();
  const views = items.filter(view => !view.isDraft);
  const id = useId();
  if (views.length < 2) return null;
  return (
    <div className="fa-filter">
      <label htmlFor={id}>{t('filters.view')}</label>
      <select
        className="fa-input"
        id={id}
        value={chosen ?? ''}
        onChange={event => {
          const view = views.find(({ pricingViewId }) => pricingViewId === event.target.value);
          onChange(view && !view.isDefault ? view.pricingViewId : null);
        }}
      >
        {views.map(view => (
          <option key={view.pricingViewId} value={view.pricingViewId}>
            {`${view.pricingViewLabel} (${view.currency})${view.isDefault ? ` – ${t('filters.view.default')}` : ''}`}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Every pricing view and draft, published ones first; none while they are not known. */
export function useViews() {
  const { client, language } = usePages();
  const loaded = useLoad(`pricing-views ${language}`, signal => answerOf(client.GET('/pricing-views', { signal })));
  return { loaded, items: loaded.data?.items ?? [] };
}
