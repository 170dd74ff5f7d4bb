import type { ViewValue } from '../../components/ViewSelect';
import { usePages } from '../../context';

export interface ViewBadgesProps {
  view: ViewValue;
  views: readonly ViewValue[];
}

/** Whether a view is the default one, a draft and of which, and what its prices are. */
export function ViewBadges({ view, views }: ViewBadgesProps) {
  const { t } = usePages();
  const base = views.find(one => one.pricingViewId === view.basedOn);
  return (
    <span className="fa-standing">
      {view.isDefault && (
        <span className="fa-badge" data-tone="positive">
          {t('pricing.default')}
        </span>
      )}
      {view.isDraft ? (
        <span className="fa-badge" data-tone="warning">
          {t('pricing.draftOf', { view: base?.pricingViewLabel ?? view.basedOn ?? '' })}
        </span>
      ) : (
        <span className="fa-quiet">{t(kindOf(view))}</span>
      )}
    </span>
  );
}

const KINDS = ['list', 'contracted', 'billed', 'effective', 'internal', 'what_if'] as const;

/** What a view's prices are: a list's, agreed ones, … */
export function kindOf({ kind }: { kind: string }): `pricing.kind.${(typeof KINDS)[number]}` {
  return `pricing.kind.${KINDS.find(known => known === kind) ?? 'internal'}`;
}
