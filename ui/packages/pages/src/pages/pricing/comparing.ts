/** Which views can be compared: nothing is converted, so only those in one currency. */

import type { Schemas } from '../../api/client';
import type { ViewValue } from '../../components/ViewSelect';

export type Comparison = Schemas['Comparison'];
/** What the lines of a comparison are of. */
export type Grain = Comparison['by'];

/** What a view is best compared with: a draft with what it is based on, others with the default; null of none. */
export function comparedTo(view: ViewValue, views: readonly ViewValue[]): ViewValue | null {
  const base = views.find(one => (view.isDraft ? one.pricingViewId === view.basedOn : one.isDefault)) ?? null;
  return base && base.pricingViewId !== view.pricingViewId && base.currency === view.currency ? base : null;
}

export interface Sides {
  before: ViewValue;
  after: ViewValue;
}

/** The two sides that are asked for; what is not named is the newest draft, or another view, beside its base. */
export function sidesOf(
  views: readonly ViewValue[],
  asked: { before: string | null; after: string | null },
): Sides | null {
  const named = (id: string | null) => views.find(view => view.pricingViewId === id) ?? null;
  const before = named(asked.before);
  const after = named(asked.after);
  if (before && after) return { before, after };
  const fits = (view: ViewValue) =>
    view.pricingViewId !== before?.pricingViewId && (!before || view.currency === before.currency);
  const candidates = [...views]
    .sort(newestDraftFirst)
    .filter(view => fits(view) && (before || comparedTo(view, views)));
  const chosen = after ?? candidates[0];
  const base = before ?? (chosen && (comparedTo(chosen, views) ?? otherOf(chosen, views)));
  return chosen && base ? { before: base, after: chosen } : null;
}

function otherOf(view: ViewValue, views: readonly ViewValue[]): ViewValue | undefined {
  return views.find(one => one.pricingViewId !== view.pricingViewId && one.currency === view.currency);
}

function newestDraftFirst(one: ViewValue, other: ViewValue): number {
  if (one.isDraft !== other.isDraft) return one.isDraft ? -1 : 1;
  return (other.lastAt ?? '').localeCompare(one.lastAt ?? '');
}
