import { Link, useParams } from 'react-router-dom';
import { answerOf } from '../../api/client';
import { ChangeFigure } from '../../components/Amount';
import { Card, PageHead } from '../../components/Card';
import { TrendChart } from '../../components/charts/TrendChart';
import { Named, useColumns } from '../../components/columns';
import { Crumbs } from '../../components/Crumbs';
import { DataTable } from '../../components/DataTable';
import { useChoices } from '../../components/PageFilters';
import { LoadedView } from '../../components/States';
import { UnitPrice } from '../../components/UnitPrice';
import { useViews } from '../../components/ViewSelect';
import { usePages } from '../../context';
import { differenceOf, percentOf } from '../../format/decimal';
import { longMonth, moment, monthsBetween, shifted, type Month } from '../../format/months';
import { prices } from '../../format/numbers';
import { useDomains } from '../../loading/useDomains';
import { useLoad } from '../../loading/useLoad';
import { usePaths } from '../../navigation/usePaths';
import { EVERY, labelOf, type PriceValue } from './Prices';

const MOST = 1_000;
const MOST_MONTHS = 60;

/** What one product cost a unit, month by month: every price, and the corrections of it. */
export function PriceHistory() {
  const { viewId = '', domainId = '', productId = '' } = useParams();
  const { client, t, language } = usePages();
  const paths = usePaths();
  const { items } = useViews();
  const { labels, isIndirect } = useDomains();
  const view = items.find(one => one.pricingViewId === viewId) ?? null;
  // a draft has no revisions
  const query = { domain: domainId, product: productId, limit: MOST, revisions: view !== null && !view.isDraft };
  const path = { pricingViewId: viewId };
  const loaded = useLoad(view && `price-history ${viewId} ${language} ${JSON.stringify(query)}`, signal =>
    answerOf(client.GET('/pricing-views/{pricingViewId}/prices', { params: { path, query }, signal })),
  );
  const spread = isIndirect(domainId);
  const first = loaded.data?.items[0];
  const title = first ? labelOf(first, t, spread) : labelOf({ productId, productLabel: null }, t, spread);
  return (
    <div className="fa-page">
      <Crumbs
        crumbs={[
          { label: t('pricing.title'), to: paths.pricing },
          { label: view?.pricingViewLabel ?? viewId, to: paths.pricingView(viewId) },
        ]}
      />
      <PageHead
        title={title}
        facts={
          <>
            <span>{labels.get(domainId) ?? domainId}</span>
            {productId !== EVERY && (
              <>
                <code>{productId}</code>
                <Link to={paths.product(domainId, productId)}>{t('pricing.toProduct')}</Link>
              </>
            )}
          </>
        }
      />
      <LoadedView loaded={loaded} lines={14}>
        {({ items: lines, pricingView }) =>
          lines.length === 0 ? (
            <section className="fa-notice" data-tone="neutral">
              <h2 className="fa-notice-title">{t('pricing.noPrice')}</h2>
              <p>{t('pricing.noPrice.text')}</p>
              {productId !== EVERY && (
                <p>
                  <Link to={paths.priceHistory(viewId, domainId, EVERY)}>{t('pricing.every')}</Link>
                </p>
              )}
            </section>
          ) : (
            <>
              <Card title={t(spread ? 'pricing.amounts' : 'pricing.steps')}>
                <Steps lines={lines} currency={pricingView.currency} isSpread={spread} />
              </Card>
              <Card title={t('pricing.revisions')}>
                <Revisions
                  lines={lines}
                  currency={pricingView.currency}
                  isSpread={spread}
                  name={`${viewId}-${domainId}-${productId}`}
                />
              </Card>
            </>
          )
        }
      </LoadedView>
    </div>
  );
}

interface LinesProps {
  lines: readonly PriceValue[];
  currency: string;
}

function Steps({ lines, currency, isSpread }: LinesProps & { isSpread: boolean }) {
  const { t, locale } = usePages();
  const { months: known } = useChoices();
  const said = lastWords(lines);
  const begins = said[0]?.effectiveFrom ?? '';
  const to = [...said.map(({ effectiveFrom }) => effectiveFrom), ...known].sort().at(-1) ?? begins;
  const months = monthsBetween([begins, shifted(to, 1 - MOST_MONTHS)].sort().at(-1) ?? begins, to);
  const holding = months.map(month => holdingIn(said, month, isSpread));
  const [one] = lines;
  const measure = prices(currency, locale);
  return (
    <TrendChart
      label={t(isSpread ? 'pricing.amounts' : 'pricing.steps')}
      months={months}
      values={holding.map(line => line?.unitPrice ?? null)}
      measure={measure}
      kind={isSpread ? 'bars' : 'steps'}
      none={() => t('explain.unpriced')}
      note={index => {
        const line = holding[index];
        if (!line) return null;
        const since = t('pricing.since', { month: longMonth(line.effectiveFrom, locale) });
        return one?.consumptionMetric ? `${one.consumptionMetric}, ${since}` : since;
      }}
    />
  );
}

/** The last word on each month of effect, in order. */
export function lastWords(lines: readonly PriceValue[]): PriceValue[] {
  const last = new Map<Month, PriceValue>();
  for (const line of lines) {
    const known = last.get(line.effectiveFrom);
    if (!known || (line.revision ?? 0) >= (known.revision ?? 0)) last.set(line.effectiveFrom, line);
  }
  return [...last.values()].sort((one, other) => one.effectiveFrom.localeCompare(other.effectiveFrom));
}

/** What holds in a month: the last price from before its end; what is spread holds in its own month only. */
export function holdingIn(said: readonly PriceValue[], month: Month, isSpread: boolean): PriceValue | null {
  const line = said.filter(({ effectiveFrom }) => effectiveFrom <= month).at(-1) ?? null;
  return isSpread && line?.effectiveFrom !== month ? null : line;
}

function Revisions({ lines, currency, isSpread, name }: LinesProps & { isSpread: boolean; name: string }) {
  const { t, locale } = usePages();
  const columns = useColumns();
  const said = lastWords(lines);
  const holds = (row: PriceValue) => said.includes(row);
  const before = (row: PriceValue) => said.filter(({ effectiveFrom }) => effectiveFrom < row.effectiveFrom).at(-1);
  const changeOf = (row: PriceValue) => {
    const former = before(row);
    return former && holds(row) ? differenceOf(row.unitPrice, former.unitPrice) : null;
  };
  return (
    <DataTable<PriceValue>
      caption={t('pricing.revisions')}
      columns={[
        {
          ...columns.text('from', t('pricing.from'), row => row.effectiveFrom),
          cell: row => (
            <Named
              label={longMonth(row.effectiveFrom, locale)}
              note={row.isDrafted ? t('pricing.changed') : !holds(row) && t('pricing.superseded')}
            />
          ),
          isRowHeader: true,
        },
        {
          ...columns.text('price', t(isSpread ? 'spread.amount' : 'explain.unitPrice'), row => row.unitPrice),
          cell: row => (
            <span className={holds(row) ? '' : 'fa-superseded'}>
              <UnitPrice price={row.unitPrice} currency={currency} />
            </span>
          ),
          kind: 'decimal',
        },
        {
          ...columns.text('change', t('column.change'), changeOf),
          cell: row => <PriceChange of={row} before={before(row)} delta={changeOf(row)} currency={currency} />,
          kind: 'decimal',
        },
        {
          ...columns.text('revision', t('pricing.revision'), row =>
            row.revision === null ? null : String(row.revision),
          ),
          kind: 'decimal',
          isHiddenOnPhone: true,
        },
        {
          ...columns.text('source', t('pricing.source'), row => row.sourceName),
          cell: row => <span className="fa-file">{sourceOf(row)}</span>,
          isHiddenOnPhone: true,
        },
        {
          ...columns.text('published', t('pricing.published'), row => row.publishedAt),
          cell: row => moment(row.publishedAt, locale),
          isHiddenOnPhone: true,
        },
        { ...columns.text('by', t('act.who'), row => row.publishedBy), isHiddenOnPhone: true },
      ]}
      rows={lines}
      keyOf={row => `${row.effectiveFrom} ${row.revision} ${row.isDrafted}`}
      sort={{ column: 'from', isDescending: true }}
      pageSize={24}
      isSearchable={false}
      csvName={`prices-${name}`}
    />
  );
}

interface PriceChangeProps {
  of: PriceValue;
  before: PriceValue | undefined;
  delta: string | null;
  currency: string;
}

function PriceChange({ before, delta, currency }: PriceChangeProps) {
  if (!before || delta === null) return <ChangeFigure change={null} />;
  const previous = {
    amount: before.unitPrice,
    currency,
    status: 'provisional' as const,
    lineCount: 1,
    unpricedCount: 0,
  };
  return <ChangeFigure change={{ previous, delta, percent: percentOf(delta, before.unitPrice) }} isShort />;
}

function sourceOf({ sourceName, sourceLine }: PriceValue): string {
  return sourceLine === null ? sourceName : `${sourceName}:${sourceLine}`;
}
