import { Link } from 'react-router-dom';
import { Card } from '../../components/Card';
import { usePages } from '../../context';
import { longMonth, type Month } from '../../format/months';
import { usePaths, type Paths } from '../../navigation/usePaths';
import { useDomainLabels } from '../../loading/useDomains';
import { blockersOf, byDomain, type BlockerValue, type Told } from './blockers';

export interface ChecklistProps {
  blockers: readonly BlockerValue[];
  month: Month;
}

/** Everything that keeps a month from being closed, by domain, each with what to do about it. */
export function Checklist({ blockers, month }: ChecklistProps) {
  const { t } = usePages();
  const labels = useDomainLabels();
  const groups = byDomain(blockersOf(blockers));
  return (
    <Card title={t('month.checklist')}>
      <ul className="fa-states">
        {[...groups].map(([domain, told]) => (
          <li key={domain ?? ''} className="fa-state">
            <strong>{domain === null ? t('month.general') : (labels.get(domain) ?? domain)}</strong>
            <ul className="fa-checklist">
              {told.map((one, place) => (
                <li key={place}>
                  <Blocker of={one} month={month} />
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Blocker({ of, month }: { of: Told; month: Month }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  if (!('blocker' in of)) {
    const first = longMonth(of.first, locale);
    return (
      <>
        <span>{t('month.earlier', { count: of.open, month: first })}</span>
        <span className="fa-quiet">{t('month.earlier.do', { month: first })}</span>
        <Link to={paths.month(of.first)}>{t('month.go.EARLIER_MONTH')}</Link>
      </>
    );
  }
  const { blocker } = of;
  const way = wayOf(blocker, month, paths);
  return (
    <>
      <span>{blocker.text}</span>
      <span className="fa-quiet">{blocker.remedy}</span>
      {way && <Link to={way.to}>{t(`month.go.${way.kind}`)}</Link>}
    </>
  );
}

/** The page where a blocker can be looked at. */
function wayOf({ kind, domainId }: BlockerValue, month: Month, paths: Paths) {
  if (domainId === null) return null;
  switch (kind) {
    case 'QUARANTINE':
    case 'QUARANTINE_DECIDED':
      return {
        kind: 'QUARANTINE',
        to: paths.quarantine({
          month,
          domain: domainId,
          ...(kind === 'QUARANTINE_DECIDED' ? { stage: 'decided' } : {}),
        }),
      } as const;
    case 'UNPRICED':
      return { kind: 'UNPRICED', to: paths.inMonth(month).domain(domainId) } as const;
    default:
      return { kind: 'SLICE', to: paths.inMonth(month).domain(domainId) } as const;
  }
}
