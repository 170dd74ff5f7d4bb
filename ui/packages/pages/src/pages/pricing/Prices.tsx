import { answerOf, type Schemas } from '../../api/client';
import { everyPage } from '../../api/everyPage';
import { Card } from '../../components/Card';
import { Choice } from '../../components/Choice';
import { DomainChoice } from '../../components/DomainChoice';
import { Named, useColumns } from '../../components/columns';
import { DataTable, type Column } from '../../components/DataTable';
import { useChoices } from '../../components/PageFilters';
import { Pager } from '../../components/Pager';
import { SearchField } from '../../components/SearchField';
import { LoadedView } from '../../components/States';
import { UnitPrice } from '../../components/UnitPrice';
import { usePages } from '../../context';
import { useCursors, type Cursors } from '../../filters/useCursors';
import { useParameters } from '../../filters/useParameters';
import { dayOf, isMonth, longMonth, moment, shortMonth } from '../../format/months';
import type { Translate } from '../../i18n/translate';
import { useDomains, type KnownDomains } from '../../loading/useDomains';
import { useLoad } from '../../loading/useLoad';
import { usePaths } from '../../navigation/usePaths';

type Data = Schemas['PriceList'];
export type PriceValue = Data['items'][number];

interface Query {
  domain?: string;
  search?: string;
  month?: string;
  drafted?: boolean;
}

/** The product that stands for every one of a domain without a price of its own. */
export const EVERY = '*';

const PAGE = 50;
const MOST = 1_000;
const ALL = 'all';

export interface PricesProps {
  view: string;
  /** Null while it is not known. */
  isDraft: boolean | null;
}

/** The prices of a view or a draft: those that hold in a month, or every one. */
export function Prices({ view, isDraft }: PricesProps) {
  const { client, t, language, locale } = usePages();
  const { params, set } = useParameters();
  const cursors = useCursors();
  const { months } = useChoices();
  const domains = useDomains();
  const { labels } = domains;
  const domain = params.get('domain');
  const search = params.get('search') ?? '';
  const at = params.get('at') ?? months.at(-1) ?? null;
  // of a draft one wants to see what it changes
  const isOwn = !params.has('all');
  const query: Query = {
    ...(domain ? { domain } : {}),
    ...(search ? { search } : {}),
    ...(isMonth(at) ? { month: at } : {}),
    ...(isDraft && isOwn ? { drafted: true } : {}),
  };
  const page = { ...query, limit: PAGE, ...(cursors.cursor ? { cursor: cursors.cursor } : {}) };
  const isReady = at !== null && isDraft !== null;
  const loaded = useLoad(isReady ? `prices ${view} ${language} ${JSON.stringify(page)}` : null, signal =>
    answerOf(
      client.GET('/pricing-views/{pricingViewId}/prices', {
        params: { path: { pricingViewId: view }, query: page },
        signal,
      }),
    ),
  );
  const choosable = [...new Set([...months, ...(isMonth(at) ? [at] : [])])].sort().reverse();
  return (
    <>
      <section className="fa-filters fa-no-print" aria-label={t('filters.title')}>
        <SearchField
          value={search}
          placeholder={t('products.search')}
          onChange={text => set({ search: text }, { isTyped: true })}
        />
        <DomainChoice domain={domain} labels={labels} onChange={value => set({ domain: value })} />
        <Choice
          label={t('pricing.at')}
          value={at ?? ''}
          options={[
            ...choosable.map(month => [month, longMonth(month, locale)] as const),
            [ALL, t('pricing.at.all')] as const,
          ]}
          onChange={value => set({ at: value })}
        />
        {isDraft && (
          <Choice
            label={t('pricing.which')}
            value={isOwn ? '' : 'all'}
            options={[
              ['', t('pricing.which.changed')],
              ['all', t('pricing.which.all')],
            ]}
            onChange={value => set({ all: value })}
          />
        )}
      </section>
      <LoadedView loaded={loaded} lines={12}>
        {shown => (
          <List data={shown} view={view} query={query} cursors={cursors} domains={domains} isDraft={isDraft ?? false} />
        )}
      </LoadedView>
    </>
  );
}

interface ListProps {
  data: Data;
  view: string;
  query: Query;
  cursors: Cursors;
  domains: KnownDomains;
  isDraft: boolean;
}

function List({ data, view, query, cursors, domains, isDraft }: ListProps) {
  const { client, t, locale } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  const { labels, isIndirect } = domains;
  const path = { pricingViewId: view };
  const everyOne = () =>
    everyPage(page =>
      answerOf(
        client.GET('/pricing-views/{pricingViewId}/prices', {
          params: { path, query: { ...query, ...page, limit: MOST } },
        }),
      ),
    );
  const shown: Column<PriceValue>[] = [
    {
      ...columns.text('product', t('column.product'), row => labelOf(row, t, isIndirect(row.domainId))),
      cell: row => (
        <Named
          label={labelOf(row, t, isIndirect(row.domainId))}
          note={row.isDrafted && !query.drafted ? t('pricing.changed') : row.productId === EVERY ? null : row.productId}
        />
      ),
      isRowHeader: true,
    },
    { ...columns.text('id', t('column.id'), row => row.productId), isOnlyInCsv: true },
    {
      ...columns.text('domain', t('column.domain'), row => labels.get(row.domainId) ?? row.domainId),
      isHiddenOnPhone: true,
    },
    { ...columns.text('domainId', t('product.domainId'), row => row.domainId), isOnlyInCsv: true },
    {
      ...columns.text('price', t('explain.unitPrice'), row => row.unitPrice),
      cell: row => <UnitPrice price={row.unitPrice} currency={data.pricingView.currency} />,
      kind: 'decimal',
    },
    { ...columns.text('metric', t('column.metric'), row => row.consumptionMetric), isHiddenOnPhone: true },
    {
      ...columns.text('from', t('pricing.from'), row => row.effectiveFrom),
      cell: row => <span className="fa-day">{shortMonth(row.effectiveFrom, locale)}</span>,
      isHiddenOnPhone: true,
    },
    {
      ...columns.text('revision', t('pricing.revision'), row => (row.revision === null ? null : String(row.revision))),
      kind: 'decimal',
      isHiddenOnPhone: true,
    },
    {
      ...columns.text('published', t('pricing.published'), row => row.publishedAt),
      cell: row => (
        <span className="fa-day" title={moment(row.publishedAt, locale)}>
          <Named label={dayOf(row.publishedAt, locale)} note={row.publishedBy} />
        </span>
      ),
      isHiddenOnPhone: true,
    },
    { ...columns.text('by', t('act.who'), row => row.publishedBy), isOnlyInCsv: true },
    { ...columns.text('source', t('pricing.source'), row => row.sourceName), isOnlyInCsv: true },
    ...(isDraft
      ? [
          {
            ...columns.text<PriceValue>('drafted', t('pricing.changed'), row =>
              t(row.isDrafted ? 'product.yes' : 'product.no'),
            ),
            isOnlyInCsv: true,
          },
        ]
      : []),
  ];
  const first = cursors.before * PAGE + 1;
  return (
    <Card title={t('pricing.prices')}>
      <DataTable<PriceValue>
        key={String(isDraft)}
        caption={t('pricing.prices')}
        columns={shown.map(column => ({ ...column, isSortable: false }))}
        rows={data.items}
        keyOf={row => `${row.domainId} ${row.productId} ${row.effectiveFrom}`}
        hrefOf={row => paths.priceHistory(view, row.domainId, row.productId)}
        pageSize={PAGE}
        isSearchable={false}
        csvName={`prices-${view}${query.month ? `-${query.month}` : ''}`}
        whole={{ count: null, load: everyOne }}
      />
      {(cursors.onPrevious || data.nextCursor) && (
        <Pager
          first={first}
          last={first + data.items.length - 1}
          total={data.nextCursor ? null : first + data.items.length - 1}
          onPrevious={cursors.onPrevious}
          onNext={cursors.onNext(data.nextCursor)}
        />
      )}
    </Card>
  );
}

/** What a price is of; in an INDIRECT domain the amount to distribute. */
export function labelOf(
  { productId, productLabel }: { productId: string; productLabel: string | null },
  t: Translate,
  isSpread: boolean,
): string {
  if (isSpread) return t('spread.amount');
  return productId === EVERY ? t('pricing.every') : (productLabel ?? productId);
}
