import { useEffect, useState } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router-dom';
import { answerOf, type FinopsClient, type Schemas } from '../api/client';
import { Amount } from '../components/Amount';
import { Card, PageHead } from '../components/Card';
import { useColumns } from '../components/columns';
import { DataTable } from '../components/DataTable';
import { Facts } from '../components/Facts';
import { Owner } from '../components/Owner';
import { PageFilters } from '../components/PageFilters';
import { Pager } from '../components/Pager';
import { LoadedView, NoData } from '../components/States';
import { usePages } from '../context';
import { useFilters, type Asked } from '../filters/useFilters';
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
const PAUSE_MS = 250;

/** Every application, the dearest first or by id; searched and paged by the API. */
export function Applications() {
  const { client, t, language } = usePages();
  const control = useFilters();
  const [params, setParams] = useSearchParams();
  const search = params.get('search') ?? '';
  const orderBy = params.get('order') === 'id' ? 'id' : 'cost';
  const { cursors, go } = useCursors();
  const query: Query = { ...control.asked, orderBy, ...(search ? { search } : {}) };
  const cursor = cursors.at(-1);
  const page = { ...query, limit: PAGE, ...(cursor ? { cursor } : {}) };
  const loaded = useLoad(`applications ${language} ${JSON.stringify(page)}`, signal =>
    answerOf(client.GET('/applications', { params: { query: page }, signal })),
  );
  const { data } = loaded;
  const set = (name: string, value: string) =>
    setParams(
      now => {
        const next = new URLSearchParams(now);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  return (
    <div className="fa-page">
      <PageHead title={t('applications.title')} facts={data && <Facts shown={data} />} />
      <PageFilters control={control} shown={data}>
        <SearchField value={search} onChange={text => set('search', text)} />
        <div className="fa-filter">
          <label htmlFor="fa-order">{t('applications.order')}</label>
          <select
            className="fa-input"
            id="fa-order"
            value={orderBy}
            onChange={event => set('order', event.target.value === 'id' ? 'id' : '')}
          >
            <option value="cost">{t('applications.order.cost')}</option>
            <option value="id">{t('applications.order.id')}</option>
          </select>
        </div>
      </PageFilters>
      <LoadedView loaded={loaded} lines={16}>
        {shown => (
          <List
            data={shown}
            query={query}
            first={cursors.length * PAGE}
            onPrevious={cursors.length ? () => go(cursors.slice(0, -1)) : null}
            onNext={shown.nextCursor ? () => go([...cursors, shown.nextCursor ?? '']) : null}
          />
        )}
      </LoadedView>
    </div>
  );
}

interface ListProps {
  data: Data;
  query: Query;
  first: number;
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
}

function List({ data, query, first, onPrevious, onNext }: ListProps) {
  const { client, t, locale } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  const month = data.months.to;
  const isOne = data.months.from === month;
  if (data.count === 0 && !query.search) {
    return <NoData months={longMonths(data.months.from, month, locale)} states={data.states} />;
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
        whole={{ count: data.count, load: () => everyOne(client, query) }}
        foot={[[t('applications.total'), '', '', '', <Amount key="total" amount={data.total} />, '', '']]}
      />
      {data.count > PAGE && (
        <Pager
          first={first + 1}
          last={first + data.items.length}
          total={data.count}
          onPrevious={onPrevious}
          onNext={onNext}
        />
      )}
    </Card>
  );
}

/** All pages, one after the other, for the download. */
async function everyOne(client: FinopsClient, query: Query): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const page: Query & { limit: number; cursor?: string } = { ...query, limit: MOST, ...(cursor ? { cursor } : {}) };
    const answer: Data = await answerOf(client.GET('/applications', { params: { query: page } }));
    rows.push(...answer.items);
    cursor = answer.nextCursor;
  } while (cursor);
  return rows;
}

function SearchField({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { t } = usePages();
  const [text, setText] = useState(value);
  useEffect(() => {
    if (text.trim() === value) return undefined;
    const timer = setTimeout(() => onChange(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
    // only what is typed starts the clock
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [text]);
  return (
    <div className="fa-filter fa-search">
      <label htmlFor="fa-search">{t('table.search')}</label>
      <input
        className="fa-input"
        id="fa-search"
        type="search"
        placeholder={t('applications.search')}
        value={text}
        onChange={event => setText(event.target.value)}
      />
    </div>
  );
}

/** The pages gone through, kept with the step of the history: a change of filters begins at the first one again. */
function useCursors() {
  const { pathname, search, state } = useLocation();
  const navigate = useNavigate();
  const kept: unknown = (state as { cursors?: unknown } | null)?.cursors;
  const cursors = Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string') : [];
  return { cursors, go: (next: string[]) => navigate(`${pathname}${search}`, { state: { cursors: next } }) };
}
