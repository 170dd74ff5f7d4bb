import { Link } from 'react-router-dom';
import { answerOf, type Schemas } from '../api/client';
import { Amount, ChangeFigure } from '../components/Amount';
import { StatusBadge } from '../components/Badges';
import { Card, PageHead } from '../components/Card';
import { StackedBars } from '../components/charts/StackedBars';
import { RankBars } from '../components/charts/RankBars';
import { DataTable, type Column } from '../components/DataTable';
import { ExplainedAmount } from '../components/ExplainedAmount';
import { Facts } from '../components/Facts';
import { Headline, StatesCard } from '../components/Headline';
import { Owner } from '../components/Owner';
import { PageFilters } from '../components/PageFilters';
import { LoadedView, NoData } from '../components/States';
import { usePages } from '../context';
import { useFilters, type FilterControl } from '../filters/useFilters';
import { longMonths, type Month } from '../format/months';
import { money, percent } from '../format/numbers';
import { useLoad } from '../loading/useLoad';
import { usePaths } from '../navigation/usePaths';
import { leftOf } from './changes';

type Data = Schemas['Dashboard'];

const LISTED = 10;

/** Everything at a glance: what it cost, against before, by domain, and what moved. */
export function Dashboard() {
  const { client, t, language } = usePages();
  const control = useFilters();
  const query = { ...control.asked, top: LISTED };
  const loaded = useLoad(`dashboard ${language} ${JSON.stringify(query)}`, signal =>
    answerOf(client.GET('/dashboard', { params: { query }, signal })),
  );
  const { data } = loaded;
  return (
    <div className="fa-page">
      <PageHead title={t('dashboard.title')} facts={data && <Facts shown={data} />} />
      <PageFilters control={control} shown={data} hasApplications />
      <LoadedView loaded={loaded} lines={12}>
        {shown => <Content data={shown} control={control} />}
      </LoadedView>
    </div>
  );
}

function Content({ data, control }: { data: Data; control: FilterControl }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const { from, to: month } = data.months;
  const explained = from === month ? paths.explain({ month }) : null;
  const labels = new Map(data.domains.map(({ domainId, domainLabel }) => [domainId, domainLabel]));
  const isEmpty = data.total.lineCount === 0 && data.trendTotal.every(({ hasData }) => !hasData);
  if (isEmpty) {
    return (
      <NoData
        months={longMonths(data.months.from, data.months.to, locale)}
        states={data.states}
        reasons={data.reasons}
        isFiltered={data.applications !== null}
      />
    );
  }
  return (
    <>
      <section className="fa-card" aria-label={t('dashboard.total')}>
        <Headline title={t('dashboard.total')} amount={data.total} change={data.change} explained={explained} />
        <Adjustments of={data.adjustments} />
        <Trend data={data} onSelect={month => control.change({ month, from: null, to: null })} />
      </section>
      <StatesCard states={data.states} reasons={data.reasons} labels={labels} />
      <div className="fa-columns">
        <Card title={t('dashboard.movers')}>
          <Movers data={data} />
        </Card>
        <Card title={t('dashboard.applications')}>
          <Applications data={data} />
        </Card>
      </div>
      <Card title={t('dashboard.domains')}>
        <Domains data={data} />
      </Card>
    </>
  );
}

/** Late lines of closed months that are booked in these, beside the total. */
function Adjustments({ of: { count, amount } }: { of: Data['adjustments'] }) {
  const { t, locale } = usePages();
  if (count === 0 || amount.amount === null) return null;
  const sum = money(amount.amount, amount.currency, locale);
  return <p className="fa-small fa-quiet">{t('dashboard.adjustments', { count, amount: sum })}</p>;
}

function Trend({ data, onSelect }: { data: Data; onSelect: (month: Month) => void }) {
  const { t } = usePages();
  const months = data.trendTotal.map(({ month }) => month);
  const series = data.trend.map(({ domainId, domainLabel, place, months: own }) => ({
    id: domainId,
    label: domainLabel,
    place,
    values: own.map(({ hasData, amount }) => (hasData ? amount.amount : null)),
  }));
  return (
    <StackedBars
      label={t('dashboard.trend')}
      months={months}
      series={series}
      currency={data.total.currency}
      isClosed={index => data.trendTotal[index]?.status === 'closed'}
      isSelected={index => {
        const month = months[index];
        return month !== undefined && data.months.from <= month && month <= data.months.to;
      }}
      onSelect={onSelect}
    />
  );
}

function Movers({ data }: { data: Data }) {
  const { t } = usePages();
  const paths = usePaths();
  if (data.topMovers.length === 0) return <p className="fa-quiet">{t('change.unknown')}</p>;
  return (
    <ul className="fa-rank">
      {data.topMovers.map(({ kind, id, label, amount, change }) => (
        <li key={`${kind} ${id}`} className="fa-rank-item">
          <span className="fa-rank-name">
            <Link className="fa-rank-label" to={kind === 'domain' ? paths.domain(id) : paths.application(id)}>
              {label}
            </Link>
            <span className="fa-quiet fa-small">{t(kind === 'domain' ? 'mover.domain' : 'mover.application')}</span>
          </span>
          <span className="fa-mover">
            <ChangeFigure change={change} />
            <span className="fa-quiet fa-small">
              <Amount amount={amount} />
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Applications({ data }: { data: Data }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const { count, amount } = data.otherApplications;
  return (
    <RankBars
      label={t('dashboard.applications')}
      items={data.topApplications.map(item => ({
        id: item.applicationId,
        label: <Link to={paths.application(item.applicationId)}>{item.applicationLabel}</Link>,
        note: item.owner && <Owner owner={item.owner} />,
        amount: item.amount,
        share:
          item.share === null
            ? null
            : percent(item.share, locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
      }))}
      remainder={
        count === 0 ? null : { label: count === null ? t('table.remainder') : t('table.remainder', { count }), amount }
      }
    />
  );
}

function Domains({ data }: { data: Data }) {
  const { t } = usePages();
  const paths = usePaths();
  type Row = Data['domains'][number];
  const { from, to: month } = data.months;
  const explained = (what: { domain?: string }) => (from === month ? paths.explain({ month, ...what }) : null);
  const columns: Column<Row>[] = [
    {
      id: 'domain',
      header: t('column.domain'),
      cell: row => row.domainLabel,
      value: row => row.domainLabel,
      isRowHeader: true,
    },
    {
      id: 'mode',
      header: t('column.mode'),
      cell: row => (row.indirectLabel ? `${t('mode.INDIRECT')} – ${row.indirectLabel}` : t(`mode.${row.domainMode}`)),
      value: row => row.indirectLabel ?? t(`mode.${row.domainMode}`),
      isHiddenOnPhone: true,
    },
    {
      id: 'amount',
      header: t('column.amount'),
      cell: row => <ExplainedAmount amount={row.amount} to={explained({ domain: row.domainId })} />,
      value: row => row.amount.amount,
      kind: 'decimal',
    },
    {
      id: 'change',
      header: t('column.change'),
      cell: row => <ChangeFigure change={row.change} />,
      value: row => row.change?.delta ?? null,
      kind: 'decimal',
    },
    {
      id: 'status',
      header: t('column.status'),
      cell: row => <StatusBadge status={row.amount.status} />,
      value: row => t(`status.${row.amount.status}`),
      isHiddenOnPhone: true,
    },
  ];
  const others = leftOf(data.change, data.domains);
  return (
    <DataTable
      caption={t('dashboard.domains')}
      columns={columns}
      rows={data.domains}
      keyOf={row => row.domainId}
      hrefOf={row => paths.domain(row.domainId)}
      sort={{ column: 'amount', isDescending: true }}
      csvName={`domains-${data.months.to}`}
      foot={[
        ...(others ? [[t('dashboard.others'), '', '', <ChangeFigure change={others} />, '']] : []),
        [
          t('table.total'),
          '',
          <ExplainedAmount amount={data.total} to={explained({})} />,
          <ChangeFigure change={data.change} />,
          '',
        ],
      ]}
    />
  );
}
