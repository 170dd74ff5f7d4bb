import type { ReactNode } from 'react';
import { useParams } from 'react-router-dom';
import { answerOf, type Schemas } from '../api/client';
import { Amount, ChangeFigure, type ChangeValue } from '../components/Amount';
import { Card, PageHead } from '../components/Card';
import { StackedBars } from '../components/charts/StackedBars';
import { Named, Quantity, useColumns } from '../components/columns';
import { Crumbs } from '../components/Crumbs';
import { DataTable } from '../components/DataTable';
import { ExplainedAmount } from '../components/ExplainedAmount';
import { FactList } from '../components/FactList';
import { Facts } from '../components/Facts';
import { Headline, StatesCard } from '../components/Headline';
import { Owner } from '../components/Owner';
import { PageFilters } from '../components/PageFilters';
import { Loading, LoadedView, NoData, ProblemNotice } from '../components/States';
import { usePages } from '../context';
import type { Translate } from '../i18n/translate';
import { askedOf, useFilters, type FilterControl } from '../filters/useFilters';
import { percentOf, sumOfDecimals } from '../format/decimal';
import { longMonths, shifted } from '../format/months';
import { exactNumber, money, partOfOne } from '../format/numbers';
import { useLoad } from '../loading/useLoad';
import { usePaths } from '../navigation/usePaths';
import { leftOf } from './changes';
import { footOf } from './DomainParts';
import { Mode } from './Domains';

type Data = Schemas['ApplicationPage'];
type Domain = Data['domains'][number];
type Product = Data['products'][number];

const PRODUCTS = 500;
const TREND_MONTHS = 24;

/** One application: every domain, every product, and two years of it. */
export function ApplicationView() {
  const { applicationId = '' } = useParams();
  const { client, t, language } = usePages();
  const control = useFilters();
  const paths = usePaths();
  const asked = askedOf({ ...control.filters, applications: [] });
  const query = { ...asked, products: PRODUCTS };
  const loaded = useLoad(`application ${applicationId} ${language} ${JSON.stringify(query)}`, signal =>
    answerOf(client.GET('/applications/{applicationId}', { params: { path: { applicationId }, query }, signal })),
  );
  const { data } = loaded;
  return (
    <div className="fa-page">
      <Crumbs crumbs={[{ label: t('applications.title'), to: paths.applications() }]} />
      <PageHead
        title={data ? data.applicationLabel : applicationId}
        facts={
          data && (
            <Facts shown={data}>
              {data.owner && <Owner owner={data.owner} />}
              {data.state !== 'active' && (
                <span className="fa-badge" data-tone="warning">
                  {t(`application.${data.state}`)}
                </span>
              )}
            </Facts>
          )
        }
      />
      <PageFilters control={control} shown={data} />
      <LoadedView loaded={loaded} lines={16}>
        {shown => <Content data={shown} control={control} />}
      </LoadedView>
    </div>
  );
}

function Content({ data, control }: { data: Data; control: FilterControl }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const month = data.months.to;
  const isOne = data.months.from === month;
  const explained = isOne ? paths.explain({ month, application: data.applicationId }) : null;
  const labels = new Map(data.domains.map(({ domainId, domainLabel }) => [domainId, domainLabel]));
  return (
    <>
      <section className="fa-card" aria-label={t('dashboard.total')}>
        {data.total.lineCount === 0 ? (
          <NoData
            months={longMonths(data.months.from, month, locale)}
            states={data.states}
            reasons={data.reasons}
            isFiltered
          />
        ) : (
          <>
            <Headline title={t('dashboard.total')} amount={data.total} change={data.change} explained={explained}>
              <Split data={data} />
            </Headline>
            <Adjusted data={data} />
          </>
        )}
        <Trend data={data} control={control} />
      </section>
      <DomainsOf data={data} />
      <ProductsOf data={data} />
      {data.total.lineCount > 0 && <StatesCard states={data.states} reasons={data.reasons} labels={labels} />}
    </>
  );
}

function Split({ data }: { data: Data }) {
  const { t } = usePages();
  return (
    <FactList
      facts={[
        [t('mode.DIRECT'), <Amount key="direct" amount={data.direct} />],
        [t('mode.INDIRECT'), <Amount key="indirect" amount={data.indirect} />],
      ]}
    />
  );
}

function Adjusted({ data: { adjustments } }: { data: Data }) {
  const { t, locale } = usePages();
  const { count, amount } = adjustments;
  if (count === 0) return null;
  const told = amount.amount === null ? t('amount.none') : money(amount.amount, amount.currency, locale);
  return <p className="fa-small fa-quiet">{t('dashboard.adjustments', { count, amount: told })}</p>;
}

function Trend({ data, control }: { data: Data; control: FilterControl }) {
  const { client, t, language } = usePages();
  const { applicationId } = data;
  const { to } = data.months;
  const { pricingView } = control.asked;
  const query = { from: shifted(to, 1 - TREND_MONTHS), to, products: 1, ...(pricingView ? { pricingView } : {}) };
  const loaded = useLoad(`application-trend ${applicationId} ${language} ${JSON.stringify(query)}`, signal =>
    answerOf(client.GET('/applications/{applicationId}', { params: { path: { applicationId }, query }, signal })),
  );
  const { data: trend, error, reload } = loaded;
  if (error && !trend) return <ProblemNotice error={error} onRetry={reload} />;
  if (!trend)
    return (
      <div className="fa-chart-room">
        <Loading lines={8} />
      </div>
    );
  const months = trend.trendTotal.map(({ month }) => month);
  return (
    <StackedBars
      label={t('application.trend', { count: TREND_MONTHS })}
      months={months}
      series={trend.trend.map(({ domainId, domainLabel, place, months: own }) => ({
        id: domainId,
        label: domainLabel,
        place,
        values: own.map(({ hasData, amount }) => (hasData ? amount.amount : null)),
      }))}
      currency={data.total.currency}
      isClosed={index => trend.trendTotal[index]?.status === 'closed'}
      isSelected={index => {
        const month = months[index];
        return month !== undefined && data.months.from <= month && month <= to;
      }}
      onSelect={month => control.change({ month, from: null, to: null })}
    />
  );
}

function DomainsOf({ data }: { data: Data }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  const { to: month, from } = data.months;
  const application = data.applicationId;
  return (
    <Card title={t('dashboard.domains')}>
      <DataTable<Domain>
        caption={t('dashboard.domains')}
        columns={[
          { ...columns.text('domain', t('column.domain'), row => row.domainLabel), isRowHeader: true },
          {
            ...columns.text('mode', t('column.mode'), row => row.indirectLabel ?? t(`mode.${row.domainMode}`)),
            cell: row => <Mode of={row} />,
            isHiddenOnPhone: true,
          },
          {
            id: 'weight',
            header: t('column.weight'),
            cell: row =>
              row.weight && <span title={exactNumber(row.weight, locale)}>{partOfOne(row.weight, locale)}</span>,
            value: row => row.weight,
            kind: 'decimal',
            isHiddenOnPhone: true,
          },
          columns.amount(row => (from === month ? paths.explain({ month, application, domain: row.domainId }) : null)),
          columns.change(),
        ]}
        rows={data.domains}
        keyOf={row => row.domainId}
        hrefOf={row => paths.domain(row.domainId)}
        sort={{ column: 'amount', isDescending: true }}
        csvName={`${application}-domains-${month}`}
        foot={[
          [
            t('table.total'),
            '',
            '',
            <ExplainedAmount
              key="total"
              amount={data.total}
              to={from === month ? paths.explain({ month, application }) : null}
            />,
            <ChangeFigure key="change" change={data.change} />,
          ],
        ]}
      />
    </Card>
  );
}

function ProductsOf({ data }: { data: Data }) {
  const { t } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  const { to: month, from } = data.months;
  const application = data.applicationId;
  const names = new Map(data.domains.map(({ domainId, domainLabel }) => [domainId, domainLabel]));
  return (
    <Card title={t('domain.products')}>
      <DataTable<Product>
        caption={t('domain.products')}
        columns={[
          {
            ...columns.text('product', t('column.product'), row => row.productLabel),
            cell: row => <Named label={row.productLabel} note={row.productId} />,
            isRowHeader: true,
          },
          {
            ...columns.text('domain', t('column.domain'), row => names.get(row.domainId) ?? row.domainId),
            isHiddenOnPhone: true,
          },
          { ...columns.text('family', t('column.family'), row => row.familyLabel), isHiddenOnPhone: true },
          {
            id: 'quantity',
            header: t('column.quantity'),
            cell: row => <Quantity value={row.quantity} metric={row.metric} />,
            value: row => row.quantity,
            kind: 'decimal',
            isHiddenOnPhone: true,
          },
          { ...columns.text('id', t('column.id'), row => row.productId), isOnlyInCsv: true },
          { ...columns.text('metric', t('column.metric'), row => row.metric), isOnlyInCsv: true },
          columns.amount(row =>
            from === month ? paths.explain({ month, application, domain: row.domainId, product: row.productId }) : null,
          ),
          columns.change(),
        ]}
        rows={data.products}
        keyOf={row => `${row.domainId} ${row.productId} ${row.familyId} ${row.metric}`}
        hrefOf={row => paths.history({ of: 'product', id: row.productId, domain: row.domainId })}
        sort={{ column: 'amount', isDescending: true }}
        pageSize={25}
        csvName={`${application}-products-${month}`}
        foot={[...footOf(data.otherProducts, 6, 4, t), ...sumsOf(data, t)]}
      />
    </Card>
  );
}

/** What moved of all products, and what of it is in no row: of those that ended, and of what has nothing before it. */
function sumsOf(data: Data, t: Translate): ReactNode[][] {
  const change = directChange(data);
  const row = (label: string, amount: ReactNode, moved: ReactNode) => [label, '', '', '', amount, moved];
  const total = row(
    t('table.total'),
    <Amount key="amount" amount={data.direct} />,
    <ChangeFigure key="change" change={change} />,
  );
  const others = leftOf(change, data.products);
  return others ? [row(t('application.others'), '', <ChangeFigure key="others" change={others} />), total] : [total];
}

/** How the direct costs moved; null where a domain cannot be compared. */
function directChange({ domains, direct }: Data): ChangeValue | null {
  const changes = domains.filter(({ domainMode }) => domainMode === 'DIRECT').map(({ change }) => change);
  const [first] = changes;
  if (!first || changes.some(change => !change?.delta || change.previous.amount === null)) return null;
  const delta = sumOfDecimals(changes.flatMap(change => change?.delta ?? []));
  const amount = sumOfDecimals(changes.flatMap(change => change?.previous.amount ?? []));
  return {
    previous: { ...first.previous, amount, currency: direct.currency },
    delta,
    percent: percentOf(delta, amount),
  };
}
