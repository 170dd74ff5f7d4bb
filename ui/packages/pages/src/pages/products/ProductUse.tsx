import { useState, type ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { answerOf } from '../../api/client';
import { Amount, type AmountValue } from '../../components/Amount';
import { StatusBadge } from '../../components/Badges';
import { Card } from '../../components/Card';
import { TrendChart } from '../../components/charts/TrendChart';
import { Named, Quantity, useColumns } from '../../components/columns';
import { DataTable, type Column } from '../../components/DataTable';
import { ExplainedAmount } from '../../components/ExplainedAmount';
import { useChoices } from '../../components/PageFilters';
import { Loading, ProblemNotice } from '../../components/States';
import { Toggle } from '../../components/Toggle';
import { UnitPrice } from '../../components/UnitPrice';
import { usePages } from '../../context';
import { sumOfDecimals } from '../../format/decimal';
import { longMonth, shifted, type Month } from '../../format/months';
import { amounts, quantities } from '../../format/numbers';
import { useLoad } from '../../loading/useLoad';
import { usePaths } from '../../navigation/usePaths';
import type { ProductData } from './offered';

type Row = ProductData['months'][number];

// beyond it a column is too narrow to be pointed at
const MOST_MONTHS = 60;
const AFTERWARDS = 3;

/** What was used of a product, month by month, at which price, before its end and after it. */
export function ProductUse({ data }: { data: ProductData }) {
  const { t } = usePages();
  const paths = usePaths();
  const { product, pricingView, months } = data;
  if (months.length === 0) {
    return (
      <Card title={t('product.use')}>
        <p className="fa-quiet">{t('product.unused')}</p>
      </Card>
    );
  }
  return (
    <Card
      title={t('product.use')}
      aside={
        pricingView && (
          <Link to={paths.priceHistory(pricingView.pricingViewId, product.domainId, product.productId)}>
            {t('product.prices')}
          </Link>
        )
      }
    >
      <Chart data={data} />
      <Months data={data} />
    </Card>
  );
}

type Shown = 'cost' | 'quantity';

function Chart({ data: { product, pricingView, months } }: { data: ProductData }) {
  const { client, t, language, locale } = usePages();
  const isPriced = months.some(({ amount }) => amount && amount.amount !== null);
  const [chosen, setChosen] = useState<Shown | null>(null);
  const shown = chosen ?? (isPriced ? 'cost' : 'quantity');
  const { months: known } = useChoices();
  const end = product.decommissionedAt?.slice(0, 7) ?? null;
  const range = rangeOf(
    months.map(({ month }) => month),
    known.at(-1) ?? null,
    end,
  );
  const view = pricingView ? { pricingView: pricingView.pricingViewId } : {};
  const query = { of: 'product' as const, id: product.productId, domain: product.domainId, ...range, ...view };
  const key = pricingView && known.length > 0 ? `history ${language} ${JSON.stringify(query)}` : null;
  const { data, error, reload } = useLoad(key, signal =>
    answerOf(client.GET('/history', { params: { query }, signal })),
  );
  if (!pricingView) return <p className="fa-quiet">{t('product.noView')}</p>;
  if (error && !data) return <ProblemNotice error={error} onRetry={reload} />;
  if (!data) {
    return (
      <div className="fa-chart-room">
        <Loading lines={8} />
      </div>
    );
  }
  const at = (index: number) => data.series[index];
  const keys = [
    ...(data.series.some(({ hasData }) => !hasData) ? [t('product.gapKey')] : []),
    ...(end !== null && end <= range.to ? [t('product.endKey')] : []),
  ];
  return (
    <>
      <Toggle
        label={t('product.shown')}
        options={[
          ['cost', t('column.amount')],
          ['quantity', t('column.quantity')],
        ]}
        chosen={shown}
        onChange={setChosen}
      />
      <TrendChart
        label={t(shown === 'cost' ? 'product.chart' : 'product.chart.quantity')}
        months={data.series.map(({ month }) => month)}
        values={data.series.map(({ amount, quantity }) => (shown === 'cost' ? amount.amount : quantity))}
        measure={
          shown === 'cost' ? amounts(pricingView.currency, locale) : quantities(product.consumptionMetric, locale)
        }
        kind="bars"
        ends={end}
        isClosed={index => at(index)?.status === 'closed'}
        none={index => (at(index)?.hasData ? t('amount.none') : t('product.nothing'))}
        note={index =>
          at(index)?.hasData ? t(`status.${at(index)?.status ?? 'provisional'}`) : (at(index)?.reason ?? null)
        }
      />
      {keys.length > 0 && <p className="fa-small fa-quiet fa-key">{keys.join(' ')}</p>}
    </>
  );
}

/** From the first month it was used in to the last one known; of one that has ended, to a little after that. */
export function rangeOf(used: readonly Month[], known: Month | null, end: Month | null): { from: Month; to: Month } {
  const last = [...used, ...(known ? [known] : [])].sort().at(-1) ?? '';
  const ended = end && [shifted(end, AFTERWARDS), shifted(used.at(-1) ?? end, 1)].sort().at(-1);
  const to = ended && ended < last ? ended : last;
  const from = [used[0] ?? to, shifted(to, 1 - MOST_MONTHS)].sort().at(-1) ?? to;
  return { from, to };
}

function Months({ data: { product, pricingView, months } }: { data: ProductData }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  const last = product.decommissionedAt?.slice(0, 7) ?? null;
  const { domainId: domain, productId, consumptionMetric: metric } = product;
  const explained = (month: Month) => paths.explain({ month, domain, product: productId });
  const isAfter = (row: Row) => last !== null && row.month > last;
  const currency = pricingView?.currency ?? '';
  const isRenamed = months.some(({ labelThen }) => labelThen !== product.productLabel);
  const isMoved = months.some(({ familyThen }) => familyThen !== product.familyId);
  const familyOf = ({ familyThen }: Row) => (familyThen === product.familyId ? product.familyLabel : familyThen);
  const shown: Column<Row>[] = [
    {
      ...columns.text('month', t('chart.month'), row => row.month),
      cell: row => <Named label={longMonth(row.month, locale)} note={isAfter(row) ? t('product.afterEnd') : null} />,
      isRowHeader: true,
    },
    { ...columns.text('life', t('product.life'), row => t(lifeOf(row, last))), isOnlyInCsv: true },
    ...(isRenamed
      ? [{ ...columns.text<Row>('label', t('history.called'), row => row.labelThen), isHiddenOnPhone: true }]
      : []),
    ...(isMoved
      ? [{ ...columns.text<Row>('family', t('product.familyThen'), row => familyOf(row)), isHiddenOnPhone: true }]
      : []),
    {
      ...columns.text('applications', t('applications.title'), row => String(row.applicationCount)),
      kind: 'decimal',
      isHiddenOnPhone: true,
    },
    {
      ...columns.text('quantity', t('column.quantity'), row => row.quantity),
      cell: row => <Quantity value={row.quantity} />,
      kind: 'decimal',
      isHiddenOnPhone: true,
    },
    { ...columns.text('metric', t('column.metric'), () => metric), isOnlyInCsv: true },
    {
      ...columns.text('price', t('explain.unitPrice'), row => row.unitPrice),
      cell: row => <UnitPrice price={row.unitPrice} currency={currency} />,
      kind: 'decimal',
      isHiddenOnPhone: true,
    },
    {
      ...columns.text('amount', t('column.amount'), row => row.amount?.amount ?? null),
      cell: row => row.amount && <ExplainedAmount amount={row.amount} to={explained(row.month)} />,
      kind: 'decimal',
    },
    {
      ...columns.text('status', t('column.status'), row => row.amount && t(`status.${row.amount.status}`)),
      cell: row => row.amount && <StatusBadge status={row.amount.status} />,
      isHiddenOnPhone: true,
    },
  ];
  const sums: Record<string, ReactNode> = {
    month: t('table.total'),
    quantity: <Quantity value={sumOfDecimals(months.map(({ quantity }) => quantity))} />,
    amount: <Amount amount={sumOf(months, currency)} />,
  };
  return (
    <DataTable<Row>
      caption={t('product.use')}
      columns={shown}
      rows={months}
      keyOf={row => `${row.month} ${row.familyThen}`}
      sort={{ column: 'month', isDescending: true }}
      pageSize={24}
      isSearchable={false}
      csvName={`${productId}-months`}
      foot={[shown.filter(({ isOnlyInCsv }) => !isOnlyInCsv).map(({ id }) => sums[id] ?? '')]}
    />
  );
}

// partial, and marked so, while lines of it have no price
function sumOf(months: readonly Row[], currency: string): AmountValue {
  const amounts = months.flatMap(({ amount }) => amount ?? []);
  const known = amounts.flatMap(({ amount }) => amount ?? []);
  return {
    amount: known.length > 0 ? sumOfDecimals(known) : null,
    currency,
    status: 'provisional',
    lineCount: amounts.reduce((sum, { lineCount }) => sum + lineCount, 0),
    unpricedCount: amounts.reduce((sum, { unpricedCount }) => sum + unpricedCount, 0),
  };
}

function lifeOf({ month }: Row, last: Month | null) {
  if (last === null) return 'product.inService';
  return month > last ? 'product.afterEnd' : 'product.beforeEnd';
}
