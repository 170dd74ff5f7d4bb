import { type ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { usePages } from '../context';
import { longMonths, moment, type Month } from '../format/months';
import { usePaths } from '../navigation/usePaths';
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

/** Below a page's title: the months, whether they are final (which leads to why), and when they were computed. */
export function Facts({ shown, children }: FactsProps) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const { from, to } = shown.months;
  const badge = <StatusBadge status={shown.status} />;
  return (
    <>
      <span>{longMonths(from, to, locale)}</span>
      {from === to ? (
        <Link className="fa-badge-link" to={paths.month(from)}>
          {badge}
        </Link>
      ) : (
        badge
      )}
      <UnpricedBadge count={shown.total.unpricedCount} />
      {children}
      <span className="fa-small">{t('dashboard.refreshed', { moment: moment(shown.refreshedAt, locale) })}</span>
    </>
  );
}
