import { useSearchParams } from 'react-router-dom';
import { answerOf, type Schemas } from '../api/client';
import { Amount } from '../components/Amount';
import { SliceBadge, StatusBadge } from '../components/Badges';
import { Card, PageHead } from '../components/Card';
import { Choice } from '../components/Choice';
import { Quantity, useColumns } from '../components/columns';
import { DataTable, type Column } from '../components/DataTable';
import { Facts } from '../components/Facts';
import { MonthTrend } from '../components/MonthTrend';
import { PageFilters, useChoices } from '../components/PageFilters';
import { LoadedView, NoData } from '../components/States';
import { usePages } from '../context';
import { useFilters, type FilterControl } from '../filters/useFilters';
import { longMonth, longMonths, moment, shifted, type Month } from '../format/months';
import { signedMoney } from '../format/numbers';
import { differenceOf } from '../format/decimal';
import { useLoad } from '../loading/useLoad';
import { usePaths, type Remembered } from '../navigation/usePaths';
import { HistoryOf, THINGS } from './HistoryOf';

type Data = Schemas['History'];
type Row = Data['series'][number];

const MONTHS = 24;

/** One thing month by month, months without data as what they are. */
export function History() {
  const { client, t, language } = usePages();
  const control = useFilters();
  const [params, setParams] = useSearchParams();
  const { months } = useChoices();
  const of = THINGS.find(one => one === params.get('of')) ?? 'total';
  const what: Remembered = { of, id: params.get('id'), domain: params.get('domain') };
  const labels = params.get('labels') === 'now' ? 'now' : 'then';
  const range = rangeOf(control, months);
  const isComplete = of === 'total' || Boolean(what.id && (of === 'domain' || of === 'application' || what.domain));
  const query = range && {
    ...range,
    of,
    labels,
    ...(control.asked.pricingView ? { pricingView: control.asked.pricingView } : {}),
    ...(of !== 'application' && control.asked.application ? { application: control.asked.application } : {}),
    ...(of !== 'total' && what.id ? { id: what.id } : {}),
    ...((of === 'family' || of === 'product') && what.domain ? { domain: what.domain } : {}),
  };
  const key = query && isComplete ? `history ${language} ${JSON.stringify(query)}` : null;
  const loaded = useLoad(key, signal => answerOf(client.GET('/history', { params: { query: query ?? {} }, signal })));
  const data = isComplete ? loaded.data : null;
  const change = (next: Partial<Record<'of' | 'id' | 'domain' | 'labels', string | null>>) =>
    setParams(now => {
      const changed = new URLSearchParams(now);
      Object.entries(next).forEach(([name, value]) => (value ? changed.set(name, value) : changed.delete(name)));
      return changed;
    });
  return (
    <div className="fa-page">
      <PageHead
        title={data && of !== 'total' ? `${t('history.title')} · ${data.label}` : t('history.title')}
        facts={data && <Facts shown={data} />}
      />
      <PageFilters control={asRange(control, range)} shown={data} hasApplications={of !== 'application'}>
        <HistoryOf what={what} onChange={change} />
        <Choice
          label={t('history.labels')}
          value={labels}
          options={[
            ['then', t('history.labels.then')],
            ['now', t('history.labels.now')],
          ]}
          onChange={value => change({ labels: value === 'now' ? value : null })}
        />
      </PageFilters>
      {isComplete ? (
        <LoadedView loaded={loaded} lines={14}>
          {shown => <Content data={shown} what={what} />}
        </LoadedView>
      ) : (
        <section className="fa-notice" data-tone="neutral">
          <p>{t('history.choose')}</p>
        </section>
      )}
    </div>
  );
}

function Content({ data, what }: { data: Data; what: Remembered }) {
  const { t, locale } = usePages();
  if (data.series.every(({ hasData }) => !hasData)) {
    return (
      <NoData
        months={longMonths(data.months.from, data.months.to, locale)}
        states={data.states}
        reasons={data.reasons}
        isFiltered={data.applications !== null || what.of !== 'domain'}
      />
    );
  }
  return (
    <>
      <section className="fa-card" aria-label={t('history.chart')}>
        <MonthTrend label={t('history.chart')} months={data.series} />
      </section>
      <Card title={t('history.months')}>
        <Months data={data} what={what} />
      </Card>
    </>
  );
}

function Months({ data, what }: { data: Data; what: Remembered }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  const before = new Map(data.series.map((row, place) => [row.month, data.series[place - 1]]));
  const explained = (row: Row) =>
    paths.explain({
      month: row.month,
      domain: what.of === 'domain' ? what.id : what.domain,
      ...(what.of === 'domain' || what.of === 'total' ? {} : { [what.of]: what.id }),
    });
  const moved = (row: Row) => {
    const former = before.get(row.month)?.amount.amount ?? null;
    return former === null || row.amount.amount === null ? null : differenceOf(row.amount.amount, former);
  };
  const hasThen = data.series.some(({ labelThen }) => labelThen !== null);
  const hasQuantity = data.series.some(({ quantity }) => quantity !== null);
  const shown: Column<Row>[] = [
    {
      ...columns.text<Row>('month', t('chart.month'), row => row.month),
      cell: row => longMonth(row.month, locale),
      isRowHeader: true,
    },
    ...(hasThen
      ? [{ ...columns.text<Row>('then', t('history.called'), row => row.labelThen), isHiddenOnPhone: true }]
      : []),
    ...(hasQuantity
      ? [
          {
            id: 'quantity',
            header: t('column.quantity'),
            cell: (row: Row) => (row.quantity === null ? '—' : <Quantity value={row.quantity} />),
            value: (row: Row) => row.quantity,
            kind: 'decimal' as const,
            isHiddenOnPhone: true,
          },
        ]
      : []),
    columns.amount(explained),
    {
      id: 'moved',
      header: t('column.change'),
      cell: row => {
        const text = moved(row);
        return text === null ? (
          <span className="fa-quiet">—</span>
        ) : (
          <data value={text} className="fa-quiet">
            {signedMoney(text, row.amount.currency, locale)}
          </data>
        );
      },
      value: moved,
      kind: 'decimal',
      isHiddenOnPhone: true,
    },
    {
      id: 'status',
      header: t('column.status'),
      cell: row => <Standing row={row} />,
      value: row => (row.hasData ? t(`status.${row.status}`) : (row.reason ?? '')),
    },
  ];
  const place = shown.findIndex(({ id }) => id === 'amount');
  return (
    <DataTable<Row>
      key={`${hasThen} ${hasQuantity}`}
      caption={t('history.months')}
      columns={shown}
      rows={data.series}
      keyOf={row => row.month}
      sort={{ column: 'month', isDescending: true }}
      pageSize={120}
      csvName={`history-${what.of}-${what.id ?? 'all'}`}
      foot={[
        shown.map(({ id }, index) =>
          index === 0 ? t('table.total') : index === place ? <Amount key={id} amount={data.total} /> : '',
        ),
      ]}
    />
  );
}

function Standing({ row }: { row: Row }) {
  const { t, locale } = usePages();
  if (!row.hasData) {
    return (
      <span className="fa-standing">
        {row.state ? <SliceBadge state={row.state} /> : <span className="fa-quiet">{t('chart.noData')}</span>}
        {row.reason && <span className="fa-quiet fa-small">{row.reason}</span>}
      </span>
    );
  }
  return (
    <span className="fa-standing">
      <StatusBadge status={row.status} />
      {row.closedAt && (
        <span className="fa-quiet fa-small">{t('history.closed', { moment: moment(row.closedAt, locale) })}</span>
      )}
    </span>
  );
}

/** The months asked for; two years up to the one looked at, or to the last one known, where no range is asked for. */
export function rangeOf({ filters }: FilterControl, months: readonly Month[]): { from: Month; to: Month } | null {
  if (filters.from && filters.to) return { from: filters.from, to: filters.to };
  const to = filters.month ?? months.at(-1);
  return to ? { from: shifted(to, 1 - MONTHS), to } : null;
}

// a history is always of a range
function asRange(control: FilterControl, range: { from: Month; to: Month } | null): FilterControl {
  return range ? { ...control, filters: { ...control.filters, month: null, ...range } } : control;
}
