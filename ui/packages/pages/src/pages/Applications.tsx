import { answerOf, type Schemas } from '../api/client';
import { everyPage } from '../api/everyPage';
import { Amount } from '../components/Amount';
import { Card, PageHead } from '../components/Card';
import { Choice } from '../components/Choice';
import { useColumns } from '../components/columns';
import { DataTable } from '../components/DataTable';
import { Facts } from '../components/Facts';
import { Owner } from '../components/Owner';
import { PageFilters } from '../components/PageFilters';
import { Pager } from '../components/Pager';
import { SearchField } from '../components/SearchField';
import { LoadedView, NoData } from '../components/States';
import { usePages } from '../context';
import { useCursors, type Cursors } from '../filters/useCursors';
import { useFilters, type Asked } from '../filters/useFilters';
import { useParameters } from '../filters/useParameters';
import { longMonths } from '../format/months';
import { percent } from '../format/numbers';
import { useLoad } from '../loading/useLoad';
import { usePaths } from '../navigation/usePaths';

type Data = Schemas['ApplicationList'];
type Row = Data['items'][number];

interface Query extends Asked {
  search?: string;
  orderBy: 'cost' | 'id';
}

const PAGE = 50;
const MOST = 500;

/** Every application, the dearest first or by id; searched and paged by the API. */
export function Applications() {
  const { client, t, language } = usePages();
  const control = useFilters();
  const { params, set } = useParameters();
  const search = params.get('search') ?? '';
  const orderBy = params.get('order') === 'id' ? 'id' : 'cost';
  const cursors = useCursors();
  const query: Query = { ...control.asked, orderBy, ...(search ? { search } : {}) };
  const page = { ...query, limit: PAGE, ...(cursors.cursor ? { cursor: cursors.cursor } : {}) };
  const loaded = useLoad(`applications ${language} ${JSON.stringify(page)}`, signal =>
    answerOf(client.GET('/applications', { params: { query: page }, signal })),
  );
  const { data } = loaded;
  return (
    <div className="fa-page">
      <PageHead title={t('applications.title')} facts={data && <Facts shown={data} />} />
      <PageFilters control={control} shown={data}>
        <SearchField
          value={search}
          placeholder={t('applications.search')}
          onChange={text => set({ search: text }, { isTyped: true })}
        />
        <Choice
          label={t('applications.order')}
          value={orderBy}
          options={[
            ['cost', t('applications.order.cost')],
            ['id', t('applications.order.id')],
          ]}
          onChange={value => set({ order: value === 'id' ? 'id' : null }, { isTyped: true })}
        />
      </PageFilters>
      <LoadedView loaded={loaded} lines={16}>
        {shown => <List data={shown} query={query} cursors={cursors} />}
      </LoadedView>
    </div>
  );
}

interface ListProps {
  data: Data;
  query: Query;
  cursors: Cursors;
}

function List({ data, query, cursors }: ListProps) {
  const { client, t, locale } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  const everyOne = () =>
    everyPage(page => answerOf(client.GET('/applications', { params: { query: { ...query, ...page, limit: MOST } } })));
  const month = data.months.to;
  const isOne = data.months.from === month;
  if (data.count === 0 && !query.search) {
    return <NoData months={longMonths(data.months.from, month, locale)} states={data.states} reasons={data.reasons} />;
  }
  const shown = [
    { ...columns.text<Row>('application', t('column.application'), row => row.applicationLabel), isRowHeader: true },
    { ...columns.text<Row>('id', t('column.id'), row => row.applicationId), isHiddenOnPhone: true },
    {
      ...columns.text<Row>('owner', t('column.owner'), row => row.owner),
      cell: (row: Row) => row.owner && <Owner owner={row.owner} />,
      isHiddenOnPhone: true,
    },
    {
      ...columns.text<Row>('state', t('column.state'), row => t(`application.${row.state}`)),
      cell: (row: Row) => (
        <span className={row.state === 'active' ? 'fa-quiet' : ''}>{t(`application.${row.state}`)}</span>
      ),
      isHiddenOnPhone: true,
    },
    columns.amount<Row>(row => (isOne ? paths.explain({ month, application: row.applicationId }) : null)),
    {
      ...columns.text<Row>('share', t('column.share'), row => row.share),
      cell: (row: Row) =>
        row.share && percent(row.share, locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
      kind: 'decimal' as const,
      isHiddenOnPhone: true,
    },
    columns.change<Row>(),
  ];
  return (
    <Card title={t('applications.count', { count: data.count })}>
      <DataTable<Row>
        caption={t('applications.title')}
        columns={shown.map(column => ({ ...column, isSortable: false }))}
        rows={data.items}
        keyOf={row => row.applicationId}
        hrefOf={row => paths.application(row.applicationId)}
        pageSize={PAGE}
        isSearchable={false}
        csvName={`applications-${month}`}
        whole={{ count: data.count, load: everyOne }}
        foot={[[t('applications.total'), '', '', '', <Amount key="total" amount={data.total} />, '', '']]}
      />
      {data.count > PAGE && (
        <Pager
          first={cursors.before * PAGE + 1}
          last={cursors.before * PAGE + data.items.length}
          total={data.count}
          onPrevious={cursors.onPrevious}
          onNext={cursors.onNext(data.nextCursor)}
        />
      )}
    </Card>
  );
}
