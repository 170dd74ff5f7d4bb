import { useState } from 'react';
import { Link } from 'react-router-dom';
import { answerOf } from '../../api/client';
import { everyPage } from '../../api/everyPage';
import { Card } from '../../components/Card';
import { Done } from '../../components/Done';
import { LoadedView } from '../../components/States';
import { usePages } from '../../context';
import type { Month } from '../../format/months';
import { useLoad } from '../../loading/useLoad';
import { usePaths } from '../../navigation/usePaths';
import { useDomainLabels } from '../../loading/useDomains';
import { LineTable } from './LineTable';
import { sumOf } from './lines';

export interface QuarantineSectionProps {
  month: Month;
  /** A decision was taken: what the month says of itself may have changed. */
  onDone: () => void;
}

const FEW = 10;
const MOST = 1_000;

/** The first lines of a month that wait for a decision, and the way to the others; nothing where none ever did. */
export function QuarantineSection({ month, onDone }: QuarantineSectionProps) {
  const { client, t, language } = usePages();
  const paths = usePaths();
  const labels = useDomainLabels();
  const [done, setDone] = useState<string | null>(null);
  const query = { month, state: 'waiting' as const };
  const loaded = useLoad(`quarantine ${language} ${month} few`, signal =>
    answerOf(client.GET('/quarantine', { params: { query: { ...query, limit: FEW } }, signal })),
  );
  const everyOne = () =>
    everyPage(page => answerOf(client.GET('/quarantine', { params: { query: { ...query, ...page, limit: MOST } } })));
  const all = sumOf(loaded.data?.counts);
  if (loaded.data && all === 0) return null;
  return (
    <Card
      title={t('quarantine.title')}
      aside={<Link to={paths.quarantine({ month, stage: 'all' })}>{t('quarantine.whole', { count: all })}</Link>}
    >
      <Done told={done} />
      <LoadedView loaded={loaded} lines={4}>
        {({ items, counts, nextCursor }) =>
          items.length === 0 ? (
            <p className="fa-quiet">{t('quarantine.settled')}</p>
          ) : (
            <>
              <LineTable
                lines={items}
                count={counts.waiting ?? items.length}
                load={everyOne}
                labels={labels}
                csvName={`quarantine-${month}-waiting`}
                isOfOneMonth
                onDone={told => {
                  setDone(told);
                  loaded.reload();
                  onDone();
                }}
              />
              {nextCursor && (
                <p className="fa-small">
                  {t('explain.linesShown', { shown: items.length, total: counts.waiting ?? items.length })} ·{' '}
                  <Link to={paths.quarantine({ month })}>{t('quarantine.others')}</Link>
                </p>
              )}
            </>
          )
        }
      </LoadedView>
    </Card>
  );
}
