import { Link, useParams } from 'react-router-dom';
import { answerOf, type Schemas } from '../../api/client';
import { everyPage } from '../../api/everyPage';
import { Amount } from '../../components/Amount';
import { StatusBadge } from '../../components/Badges';
import { Card, PageHead } from '../../components/Card';
import { Named, useColumns } from '../../components/columns';
import { Crumbs } from '../../components/Crumbs';
import { DataTable, type Column } from '../../components/DataTable';
import { FactList } from '../../components/FactList';
import { Pager } from '../../components/Pager';
import { LoadedView } from '../../components/States';
import { ViewSelect } from '../../components/ViewSelect';
import { usePages } from '../../context';
import { useCursors } from '../../filters/useCursors';
import { useFilters } from '../../filters/useFilters';
import { useParameters } from '../../filters/useParameters';
import { isMonth, longMonth, moment, shortMonth, type Month } from '../../format/months';
import { exactMoney, money } from '../../format/numbers';
import { useLoad } from '../../loading/useLoad';
import { usePaths } from '../../navigation/usePaths';
import { NotFound } from '../NotFound';
import { useDomainLabels } from '../../loading/useDomains';

type Data = Schemas['Statement'];
type Row = Data['items'][number];

interface Query {
  pricingView?: string;
  closing?: number;
}

const PAGE = 100;
const MOST = 1_000;

/** What a closed month came to, line by line, rounded so that the lines add up. */
export function StatementView() {
  const { month = '' } = useParams();
  return isMonth(month) ? <OfMonth month={month} /> : <NotFound />;
}

function OfMonth({ month }: { month: Month }) {
  const { client, t, language, locale } = usePages();
  const control = useFilters();
  const cursors = useCursors();
  const paths = usePaths();
  const { params } = useParameters();
  const { pricingView } = control.filters;
  const closing = Number(params.get('closing')) || null;
  const query: Query = { ...(pricingView ? { pricingView } : {}), ...(closing ? { closing } : {}) };
  const page = { ...query, limit: PAGE, ...(cursors.cursor ? { cursor: cursors.cursor } : {}) };
  const path = { month };
  const loaded = useLoad(`statement ${month} ${language} ${JSON.stringify(page)}`, signal =>
    answerOf(client.GET('/months/{month}/statement', { params: { path, query: page }, signal })),
  );
  const { data } = loaded;
  return (
    <div className="fa-page">
      <Crumbs
        crumbs={[
          { label: t('months.title'), to: paths.months },
          { label: longMonth(month, locale), to: paths.month(month) },
        ]}
      />
      <PageHead
        title={t('statement.title', { month: longMonth(month, locale) })}
        facts={data && <Standing data={data} />}
        actions={
          <ViewSelect
            chosen={pricingView ?? data?.pricingView.pricingViewId ?? null}
            onChange={view => control.change({ pricingView: view })}
          />
        }
      />
      {loaded.error?.status === 404 ? (
        <NoStatement month={month} />
      ) : (
        <LoadedView loaded={loaded} lines={16}>
          {shown => (
            <>
              <Sums data={shown} />
              <Lines data={shown} query={query} />
              {shown.total.entryCount > PAGE && (
                <Pager
                  first={cursors.before * PAGE + 1}
                  last={cursors.before * PAGE + shown.items.length}
                  total={shown.total.entryCount}
                  onPrevious={cursors.onPrevious}
                  onNext={cursors.onNext(shown.nextCursor)}
                />
              )}
            </>
          )}
        </LoadedView>
      )}
    </div>
  );
}

/** The month was not closed so often, or never. */
function NoStatement({ month }: { month: Month }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  return (
    <section className="fa-notice" data-tone="neutral">
      <h2 className="fa-notice-title">{t('statement.none')}</h2>
      <p>{t('statement.none.text')}</p>
      <p>
        <Link to={paths.month(month)}>{t('statement.back', { month: longMonth(month, locale) })}</Link>
      </p>
    </section>
  );
}

function Standing({ data: { isStanding, closing } }: { data: Data }) {
  const { t, locale } = usePages();
  const { closeNumber, person, actedAt } = closing;
  return (
    <>
      <StatusBadge status={isStanding ? 'closed' : 'provisional'} />
      <span>{t('statement.closing', { number: String(closeNumber), person, moment: moment(actedAt, locale) })}</span>
    </>
  );
}

function Sums({ data: { total, closing, pricingView, isStanding } }: { data: Data }) {
  const { t, locale } = usePages();
  const rounded = total.roundedCost === null ? '—' : exactMoney(total.roundedCost, pricingView.currency, locale);
  return (
    <Card title={t('month.statement')}>
      <p>{t(isStanding ? 'statement.standing' : 'statement.past')}</p>
      <FactList
        facts={[
          [t('statement.rounded'), rounded],
          [t('statement.exact'), <Amount key="exact" amount={total.amount} isExact />],
          [t('statement.seal'), <Seal key="statement" of={closing.statementSha256} />],
          [t('statement.facts'), <Seal key="facts" of={closing.factsSha256} />],
          [t('statement.prices'), <Seal key="prices" of={closing.pricesSha256} />],
        ]}
      />
      <p className="fa-quiet">{t('statement.addsUp', { amount: rounded })}</p>
    </Card>
  );
}

function Seal({ of }: { of: string }) {
  return <code title={of}>{of.slice(0, 12)}</code>;
}

function Lines({ data, query }: { data: Data; query: Query }) {
  const { client, t, locale } = usePages();
  const paths = usePaths().inMonth(data.month);
  const columns = useColumns();
  const labels = useDomainLabels();
  const { currency } = data.pricingView;
  const path = { month: data.month };
  const everyOne = () =>
    everyPage(page =>
      answerOf(
        client.GET('/months/{month}/statement', { params: { path, query: { ...query, ...page, limit: MOST } } }),
      ),
    );
  const table: Column<Row>[] = [
    {
      ...columns.text('application', t('column.application'), row => row.applicationLabel ?? row.applicationId),
      cell: row => <Named label={row.applicationLabel ?? row.applicationId} note={row.applicationId} />,
      isRowHeader: true,
    },
    { ...columns.text('id', t('column.id'), row => row.applicationId), isOnlyInCsv: true },
    { ...columns.text('domain', t('column.domain'), row => labels.get(row.domainId) ?? row.domainId) },
    { ...columns.text('domainId', t('product.domainId'), row => row.domainId), isOnlyInCsv: true },
    {
      ...columns.text('original', t('statement.original'), row => row.originalMonth),
      cell: row => shortMonth(row.originalMonth, locale),
      isHiddenOnPhone: true,
    },
    {
      id: 'rounded',
      header: t('statement.rounded'),
      cell: row =>
        row.roundedCost === null ? (
          '—'
        ) : (
          <data value={row.roundedCost}>{money(row.roundedCost, currency, locale)}</data>
        ),
      value: row => row.roundedCost,
      kind: 'decimal',
    },
    {
      ...columns.amount<Row>(),
      header: t('statement.exact'),
      cell: row => <Amount amount={row.amount} isExact />,
      isHiddenOnPhone: true,
    },
  ];
  return (
    <Card title={t('statement.lines')}>
      <DataTable<Row>
        caption={t('month.statement')}
        columns={table.map(column => ({ ...column, isSortable: false }))}
        rows={data.items}
        keyOf={row => `${row.domainId} ${row.applicationId} ${row.originalMonth}`}
        hrefOf={row => paths.application(row.applicationId)}
        pageSize={PAGE}
        isSearchable={false}
        csvName={`statement-${data.month}-${data.pricingView.pricingViewId}`}
        whole={{ count: data.total.entryCount, load: everyOne }}
      />
    </Card>
  );
}
