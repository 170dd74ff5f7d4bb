import { type ReactNode } from 'react';
import { usePages } from '../context';
import { longMonths, moment, type Month } from '../format/months';
import { StatusBadge, UnpricedBadge, type StatusValue } from './Badges';

export interface FactsProps {
  shown: {
    months: { from: Month; to: Month };
    status: StatusValue;
    refreshedAt: string;
    total: { unpricedCount: number };
  };
  children?: ReactNode;
}

/** Below a page's title: the months, whether they are final, and when they were computed. */
export function Facts({ shown, children }: FactsProps) {
  const { t, locale } = usePages();
  return (
    <>
      <span>{longMonths(shown.months.from, shown.months.to, locale)}</span>
      <StatusBadge status={shown.status} />
      <UnpricedBadge count={shown.total.unpricedCount} />
      {children}
      <span className="fa-small">{t('dashboard.refreshed', { moment: moment(shown.refreshedAt, locale) })}</span>
    </>
  );
}
