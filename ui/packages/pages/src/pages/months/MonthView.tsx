import { useState } from 'react';
import { Link, useParams } from 'react-router-dom';
import { answerOf } from '../../api/client';
import { Amount } from '../../components/Amount';
import { Done } from '../../components/Done';
import { StatusBadge, UnpricedBadge } from '../../components/Badges';
import { PageHead } from '../../components/Card';
import { Crumbs } from '../../components/Crumbs';
import { Headline } from '../../components/Headline';
import { LoadedView } from '../../components/States';
import { ViewSelect } from '../../components/ViewSelect';
import { usePages } from '../../context';
import { useFilters } from '../../filters/useFilters';
import { isMonth, longMonth, monthOf, shifted, type Month } from '../../format/months';
import { useLoad } from '../../loading/useLoad';
import { usePaths } from '../../navigation/usePaths';
import { NotFound } from '../NotFound';
import { QuarantineSection } from '../quarantine/QuarantineSection';
import { Checklist } from './Checklist';
import { Closings } from './Closings';
import { MonthActs } from './MonthActs';
import type { MonthData } from './monthData';
import { Reconciliation } from './Reconciliation';
import { Slices } from './Slices';
import { Verdict } from './Verdict';

/** One month: whether it is final and what keeps it open, its domains, who closed it, and what can be done. */
export function MonthView() {
  const { month = '' } = useParams();
  return isMonth(month) ? <OneMonth key={month} month={month} /> : <NotFound />;
}

function OneMonth({ month }: { month: Month }) {
  const { client, t, can, language, locale } = usePages();
  const control = useFilters();
  const paths = usePaths();
  const [done, setDone] = useState<string | null>(null);
  const { pricingView } = control.filters;
  const query = pricingView ? { pricingView } : {};
  const loaded = useLoad(`month ${month} ${language} ${JSON.stringify(query)}`, signal =>
    answerOf(client.GET('/months/{month}', { params: { path: { month }, query }, signal })),
  );
  const { data } = loaded;
  return (
    <div className="fa-page">
      <Crumbs crumbs={[{ label: t('months.title'), to: paths.months }]} />
      <PageHead
        title={t('month.title', { month: longMonth(month, locale) })}
        facts={
          data && (
            <>
              <StatusBadge status={data.status} />
              <UnpricedBadge count={data.total.unpricedCount} />
              <Neighbours of={month} />
            </>
          )
        }
        actions={
          <ViewSelect
            chosen={pricingView ?? data?.pricingView.pricingViewId ?? null}
            onChange={view => control.change({ pricingView: view })}
          />
        }
      />
      <Done told={done} />
      <LoadedView loaded={loaded} lines={16}>
        {shown => (
          <>
            <Verdict data={shown} />
            <section className="fa-card" aria-label={t('dashboard.total')}>
              <Headline title={t('dashboard.total')} amount={shown.total} explained={paths.explain({ month })} />
              {shown.adjustments.count > 0 && <Adjustments of={shown.adjustments} />}
            </section>
            {shown.status !== 'closed' && shown.checklist && shown.checklist.length > 0 && (
              <Checklist blockers={shown.checklist} month={month} />
            )}
            {can('admin') && (
              <MonthActs
                data={shown}
                onDone={text => {
                  setDone(text);
                  loaded.reload();
                }}
              />
            )}
            <Slices data={shown} />
            {can('viewer') && <QuarantineSection month={month} onDone={loaded.reload} />}
            <Closings data={shown} />
            <Reconciliation data={shown} />
          </>
        )}
      </LoadedView>
    </div>
  );
}

function Neighbours({ of }: { of: Month }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const [before, after] = [shifted(of, -1), shifted(of, 1)];
  return (
    <span className="fa-no-print fa-standing">
      <Link to={paths.month(before)} aria-label={`${t('month.previous')}: ${longMonth(before, locale)}`}>
        ‹ {longMonth(before, locale)}
      </Link>
      {after <= monthOf(new Date()) && (
        <Link to={paths.month(after)} aria-label={`${t('month.next')}: ${longMonth(after, locale)}`}>
          {longMonth(after, locale)} ›
        </Link>
      )}
    </span>
  );
}

function Adjustments({ of: { count, amount } }: { of: MonthData['adjustments'] }) {
  const { t } = usePages();
  const [before, after] = t('dashboard.adjustments', { count, amount: '\u0000' }).split('\u0000');
  return (
    <p className="fa-quiet">
      {before}
      <Amount amount={amount} />
      {after}
    </p>
  );
}
