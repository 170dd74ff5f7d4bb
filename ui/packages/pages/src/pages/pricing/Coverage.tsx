import type { Schemas } from '../../api/client';
import type { ViewValue } from '../../components/ViewSelect';
import { usePages } from '../../context';

type Month = Schemas['MonthInList'];

export interface Covered {
  /** Months in which anything was used. */
  months: number;
  /** Of these, months with lines that have no price. */
  unpricedMonths: number;
  lines: number;
  unpricedLines: number;
}

/** How far the months are priced. */
export function coverageOf(months: readonly Month[]): Covered {
  const used = months.filter(({ total }) => total.lineCount > 0);
  const sum = (of: (month: Month) => number) => used.reduce((all, month) => all + of(month), 0);
  return {
    months: used.length,
    unpricedMonths: used.filter(({ total }) => total.unpricedCount > 0).length,
    lines: sum(({ total }) => total.lineCount),
    unpricedLines: sum(({ total }) => total.unpricedCount),
  };
}

/** The same in a few words. */
export function Coverage({ view, covered }: { view: ViewValue; covered: Covered | null }) {
  const { t } = usePages();
  if (view.isDraft) return <span className="fa-quiet">{t('pricing.covers.draft')}</span>;
  if (!covered) return <span className="fa-quiet">…</span>;
  if (covered.months === 0) return <span className="fa-quiet">{t('pricing.covers.nothing')}</span>;
  if (covered.unpricedMonths === 0) return <span>{t('pricing.covers.all', { ...covered })}</span>;
  return <span className="fa-warned">{t('pricing.covers.part', { ...covered })}</span>;
}
