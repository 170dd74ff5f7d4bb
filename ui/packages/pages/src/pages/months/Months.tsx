import { answerOf, type Schemas } from '../../api/client';
import { SliceBadge, StatusBadge, type SliceStateValue } from '../../components/Badges';
import { Card, PageHead } from '../../components/Card';
import { Chips } from '../../components/Chips';
import { useColumns } from '../../components/columns';
import { DataTable, type Column } from '../../components/DataTable';
import { LoadedView } from '../../components/States';
import { ViewSelect } from '../../components/ViewSelect';
import { usePages } from '../../context';
import { useFilters } from '../../filters/useFilters';
import { useParameters } from '../../filters/useParameters';
import { changeOf } from '../../format/change';
import { longMonth, moment, shifted } from '../../format/months';
import { count } from '../../format/numbers';
import { useLoad } from '../../loading/useLoad';
import { usePaths } from '../../navigation/usePaths';

type Data = Schemas['MonthList'];
type Row = Data['items'][number] & { change: Schemas['Change'] | null };
type Shown = 'all' | 'open' | 'closed';

// what has to be looked at comes first
const WORST: readonly SliceStateValue[] = [
  'FAILED',
  'MISSING',
  'EXPECTED',
  'EMPTY_CONFIRMED',
  'NOT_AVAILABLE',
  'LOADED',
];
const SHOWN: readonly Shown[] = ['all', 'open', 'closed'];

/** Every month: whether it is signed, what it comes to, and what keeps it open. */
export function Months() {
  const { client, t, language } = usePages();
  const control = useFilters();
  const { params, set } = useParameters();
  const { pricingView } = control.filters;
  const query = pricingView ? { pricingView } : {};
  const loaded = useLoad(`months-page ${language} ${JSON.stringify(query)}`, signal =>
    answerOf(client.GET('/months', { params: { query }, signal })),
  );
  const shown = SHOWN.find(one => one === params.get('show')) ?? 'all';
  const items = loaded.data?.items ?? [];
  return (
    <div className="fa-page">
      <PageHead title={t('months.title')} facts={<span>{t('months.intro')}</span>} />
      <section className="fa-filters fa-no-print" aria-label={t('filters.title')}>
        <ViewSelect
          chosen={pricingView ?? loaded.data?.pricingView.pricingViewId ?? null}
          onChange={view => control.change({ pricingView: view })}
        />
        <Chips
          label={t('months.show')}
          chips={SHOWN.map(id => ({
            id,
            label: t(`months.${id}`),
            count: items.filter(row => isShown(row, id)).length,
          }))}
          chosen={shown}
          onChange={id => set({ show: id === 'all' ? null : id })}
        />
      </section>
      <LoadedView loaded={loaded} lines={16}>
        {data => <List data={data} shown={shown} />}
      </LoadedView>
    </div>
  );
}

function List({ data, shown }: { data: Data; shown: Shown }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  const totals = new Map(data.items.map(({ month, total }) => [month, total]));
  const rows: Row[] = data.items
    .filter(row => isShown(row, shown))
    .map(row => ({ ...row, change: changeOf(row.total, totals.get(shifted(row.month, -1))) }));
  const table: Column<Row>[] = [
    {
      ...columns.text('month', t('chart.month'), row => row.month),
      cell: row => longMonth(row.month, locale),
      isRowHeader: true,
    },
    {
      ...columns.text('status', t('column.status'), row => t(`status.${row.status}`)),
      cell: row => <StatusBadge status={row.status} />,
    },
    {
      id: 'amount',
      header: t('column.amount'),
      cell: row => columns.amount<Amounted>().cell({ amount: row.total }),
      value: row => row.total.amount,
      kind: 'decimal',
    },
    { ...columns.change<Row>(), isHiddenOnPhone: true },
    {
      ...columns.text('domains', t('months.domains'), row =>
        statesOf(row)
          .map(([state, number]) => `${number} ${t(`slice.${state}`)}`)
          .join(', '),
      ),
      cell: row => <Domains of={row} />,
      isHiddenOnPhone: true,
      isSortable: false,
    },
    {
      id: 'waiting',
      header: t('months.waiting'),
      cell: row => (row.quarantinedCount ? count(row.quarantinedCount, locale) : ''),
      value: row => String(row.quarantinedCount),
      kind: 'decimal',
      isHiddenOnPhone: true,
    },
    {
      ...columns.text('closedBy', t('months.closing'), row => row.closedBy),
      cell: row => <ClosedBy of={row} />,
      isHiddenOnPhone: true,
    },
    { ...columns.text('closedAt', t('months.closedAt'), row => row.closedAt), isOnlyInCsv: true },
    { ...columns.text('closings', t('months.closings'), row => String(row.closings)), isOnlyInCsv: true },
  ];
  if (rows.length === 0) {
    return (
      <section className="fa-notice" data-tone="neutral">
        <h2 className="fa-notice-title">{t('months.none')}</h2>
        <p>{t(shown === 'closed' ? 'months.none.closed' : 'months.none.open')}</p>
      </section>
    );
  }
  return (
    <Card title={t('months.title')}>
      <DataTable<Row>
        caption={t('months.title')}
        columns={table}
        rows={rows}
        keyOf={row => row.month}
        hrefOf={row => paths.month(row.month)}
        sort={{ column: 'month', isDescending: true }}
        pageSize={120}
        isSearchable={false}
        csvName="months"
      />
    </Card>
  );
}

interface Amounted {
  amount: Row['total'];
}

function isShown({ status }: { status: Row['status'] }, shown: Shown): boolean {
  return shown === 'all' || (shown === 'closed') === (status === 'closed');
}

function statesOf({ states }: { states: Row['states'] }): [SliceStateValue, number][] {
  const found = Object.entries(states).filter(([, number]) => number) as [SliceStateValue, number][];
  return found.sort(([one], [other]) => WORST.indexOf(one) - WORST.indexOf(other));
}

/** How many domains stand how. */
function Domains({ of }: { of: Row }) {
  const { locale } = usePages();
  return (
    <span className="fa-standing">
      {statesOf(of).map(([state, number]) => (
        <span key={state} className="fa-standing">
          {count(number, locale)} <SliceBadge state={state} />
        </span>
      ))}
    </span>
  );
}

function ClosedBy({ of: { closedBy, closedAt, closings, status } }: { of: Row }) {
  const { t, locale } = usePages();
  const reopened = closings - (status === 'closed' ? 1 : 0);
  return (
    <span className="fa-named">
      {closedBy && <span>{closedBy}</span>}
      {closedAt && <span className="fa-quiet fa-small">{moment(closedAt, locale)}</span>}
      {reopened > 0 && <span className="fa-quiet fa-small">{t('months.reopened', { count: reopened })}</span>}
    </span>
  );
}
