import { answerOf, type Schemas } from '../../api/client';
import { everyPage } from '../../api/everyPage';
import { ProductBadge } from '../../components/Badges';
import { Card, PageHead } from '../../components/Card';
import { Chips } from '../../components/Chips';
import { DomainChoice } from '../../components/DomainChoice';
import { Named, useColumns } from '../../components/columns';
import { DataTable, type Column } from '../../components/DataTable';
import { Pager } from '../../components/Pager';
import { SearchField } from '../../components/SearchField';
import { LoadedView } from '../../components/States';
import { usePages } from '../../context';
import { useCursors, type Cursors } from '../../filters/useCursors';
import { useParameters } from '../../filters/useParameters';
import { longDay } from '../../format/months';
import { useDomains } from '../../loading/useDomains';
import { useLoad } from '../../loading/useLoad';
import { usePaths } from '../../navigation/usePaths';

type Data = Schemas['ProductList'];
type Row = Data['items'][number];
type State = Row['state'];

interface Query {
  domain?: string;
  search?: string;
  state?: State;
}

export const PRODUCT_STATES: readonly State[] = ['active', 'inactive', 'decommissioned', 'unmapped'];

const PAGE = 50;
const MOST = 1_000;

/** The console of products: which there are, how they stand, and the way to each. */
export function Products() {
  const { client, t, language } = usePages();
  const { params, set } = useParameters();
  const cursors = useCursors();
  const domain = params.get('domain');
  const search = params.get('search') ?? '';
  const state = PRODUCT_STATES.find(one => one === params.get('state'));
  const query = { ...(domain ? { domain } : {}), ...(search ? { search } : {}), ...(state ? { state } : {}) };
  const page = { ...query, limit: PAGE, ...(cursors.cursor ? { cursor: cursors.cursor } : {}) };
  const loaded = useLoad(`products ${language} ${JSON.stringify(page)}`, signal =>
    answerOf(client.GET('/products', { params: { query: page }, signal })),
  );
  const { labels } = useDomains();
  const counts = loaded.data?.counts;
  return (
    <div className="fa-page">
      <PageHead title={t('products.title')} />
      <section className="fa-filters fa-no-print" aria-label={t('filters.title')}>
        <SearchField
          value={search}
          placeholder={t('products.search')}
          onChange={text => set({ search: text }, { isTyped: true })}
        />
        <DomainChoice domain={domain} labels={labels} onChange={value => set({ domain: value })} />
        <Chips
          label={t('column.state')}
          chips={[
            { id: '', label: t('products.all'), count: sumOf(counts) },
            ...PRODUCT_STATES.map(id => ({ id, label: t(`products.${id}`), count: counts?.[id] ?? 0 })),
          ]}
          chosen={state ?? ''}
          onChange={id => set({ state: id })}
        />
      </section>
      {state && <p className="fa-quiet">{t(`products.${state}.hint`)}</p>}
      <LoadedView loaded={loaded} lines={16}>
        {shown => <List data={shown} query={query} cursors={cursors} labels={labels} />}
      </LoadedView>
    </div>
  );
}

interface ListProps {
  data: Data;
  query: Query;
  cursors: Cursors;
  labels: ReadonlyMap<string, string>;
}

function List({ data, query, cursors, labels }: ListProps) {
  const { client, t, locale } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  const everyOne = () =>
    everyPage(page => answerOf(client.GET('/products', { params: { query: { ...query, ...page, limit: MOST } } })));
  const count = query.state ? (data.counts[query.state] ?? 0) : sumOf(data.counts);
  if (data.items.length === 0) return <Nothing isFiltered={Object.keys(query).length > 0} />;
  const shown: Column<Row>[] = [
    {
      ...columns.text('product', t('column.product'), row => row.productLabel),
      cell: row => <Named label={row.productLabel} note={row.productId} />,
      isRowHeader: true,
    },
    { ...columns.text('id', t('column.id'), row => row.productId), isOnlyInCsv: true },
    {
      ...columns.text('domain', t('column.domain'), row => labels.get(row.domainId) ?? row.domainId),
      isHiddenOnPhone: true,
    },
    { ...columns.text('domainId', t('product.domainId'), row => row.domainId), isOnlyInCsv: true },
    { ...columns.text('family', t('column.family'), row => row.familyLabel), isHiddenOnPhone: true },
    { ...columns.text('metric', t('column.metric'), row => row.consumptionMetric), isHiddenOnPhone: true },
    {
      ...columns.text('state', t('column.state'), row => t(`product.${row.state}`)),
      cell: row => (
        <Named
          label={<ProductBadge state={row.state} />}
          note={row.decommissionedAt && <Ending of={row} day={longDay(row.decommissionedAt, locale)} />}
        />
      ),
    },
    { ...columns.text('end', t('product.end'), row => row.decommissionedAt), isOnlyInCsv: true },
    {
      ...columns.text('held', t('product.held'), row => row.heldBy),
      ...(data.items.some(({ heldBy }) => heldBy) ? { isHiddenOnPhone: true } : { isOnlyInCsv: true }),
    },
    { ...columns.text('described', t('product.described'), row => row.describedBy), isOnlyInCsv: true },
    {
      ...columns.text('listed', t('product.listed'), row => t(row.inReferential ? 'product.yes' : 'product.no')),
      isOnlyInCsv: true,
    },
    { ...columns.text('created', t('product.created'), row => row.createdAt), isOnlyInCsv: true },
  ];
  return (
    <Card title={t('products.count', { count })}>
      <DataTable<Row>
        caption={t('products.title')}
        columns={shown.map(column => ({ ...column, isSortable: false }))}
        rows={data.items}
        keyOf={row => `${row.domainId} ${row.productId}`}
        hrefOf={row => paths.product(row.domainId, row.productId)}
        pageSize={PAGE}
        isSearchable={false}
        csvName="products"
        whole={{ count, load: everyOne }}
      />
      {count > PAGE && (
        <Pager
          first={cursors.before * PAGE + 1}
          last={cursors.before * PAGE + data.items.length}
          total={count}
          onPrevious={cursors.onPrevious}
          onNext={cursors.onNext(data.nextCursor)}
        />
      )}
    </Card>
  );
}

/** When a product ends, or has ended. */
export function Ending({ of: { state }, day }: { of: { state: State }; day: string }) {
  const { t } = usePages();
  return <>{t(state === 'decommissioned' ? 'product.ended' : 'product.ends', { day })}</>;
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const { t } = usePages();
  const { set } = useParameters();
  return (
    <section className="fa-notice" data-tone="neutral">
      <h2 className="fa-notice-title">{t(isFiltered ? 'products.none.filtered' : 'products.none')}</h2>
      {isFiltered ? (
        <p>
          <button
            type="button"
            className="fa-link-button"
            onClick={() => set({ domain: null, search: null, state: null })}
          >
            {t('filters.reset')}
          </button>
        </p>
      ) : (
        <p>{t('products.none.text')}</p>
      )}
    </section>
  );
}

function sumOf(counts: Data['counts'] | undefined): number {
  return Object.values(counts ?? {}).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
