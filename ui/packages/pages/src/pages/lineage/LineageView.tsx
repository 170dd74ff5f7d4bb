import { answerOf, type Schemas } from '../../api/client';
import { Amount } from '../../components/Amount';
import { StatusBadge, UnpricedBadge } from '../../components/Badges';
import { Card, PageHead } from '../../components/Card';
import { Crumbs } from '../../components/Crumbs';
import { PageFilters } from '../../components/PageFilters';
import { LoadedView } from '../../components/States';
import { usePages } from '../../context';
import { type FilterControl } from '../../filters/useFilters';
import { longMonth, moment } from '../../format/months';
import { exactMoney } from '../../format/numbers';
import { useLoad } from '../../loading/useLoad';
import { usePaths, type Explained } from '../../navigation/usePaths';
import { HoldingView } from './HoldingView';
import { SumCheck } from './SumCheck';

type Data = Schemas['Lineage'];

export interface LineageViewProps {
  what: Explained;
  application: string;
  view: string | null;
  control: FilterControl;
}

const DEPTH = 2;
const LINES = 10;

/** What an application's amount comes from: domains, products, prices, runs, files and lines. */
export function LineageView({ what, application, view, control }: LineageViewProps) {
  const { client, t, language, locale } = usePages();
  const paths = usePaths();
  const { month, domain, product, version } = what;
  const query = {
    application,
    month,
    depth: DEPTH,
    lines: LINES,
    ...(domain ? { domain } : {}),
    ...(domain && product ? { product } : {}),
    ...(domain && version ? { version } : {}),
    ...(view ? { pricingView: view } : {}),
  };
  const loaded = useLoad(`lineage ${language} ${JSON.stringify(query)}`, signal =>
    answerOf(client.GET('/lineage', { params: { query }, signal })),
  );
  const { data } = loaded;
  const shown = data && { months: { from: data.month, to: data.month }, pricingView: data.pricingView };
  return (
    <>
      <Crumbs
        crumbs={[
          { label: t('applications.title'), to: paths.applications() },
          { label: data?.applicationLabel ?? application, to: paths.application(application) },
          ...(domain ? [{ label: t('explain.whole'), to: paths.explain({ month, application }) }] : []),
        ]}
      />
      <PageHead
        title={t('explain.of', { what: data ? nameOf(data, what) : application })}
        facts={
          <>
            <span>{longMonth(month, locale)}</span>
            {data && <StatusBadge status={data.amount.status} />}
            {data && <UnpricedBadge count={data.amount.unpricedCount} />}
            {data?.closed && (
              <span className="fa-small">
                {t('explain.closed', { person: data.closed.person, moment: moment(data.closed.at, locale) })}
              </span>
            )}
          </>
        }
      />
      <PageFilters control={control} shown={shown} allowsRange={false} />
      <LoadedView loaded={loaded} lines={12}>
        {answer => <Tree data={answer} what={what} />}
      </LoadedView>
    </>
  );
}

function Tree({ data, what }: { data: Data; what: Explained }) {
  const { t, locale } = usePages();
  const { amount, currency } = data.amount;
  const isOne = data.holdings.length === 1 && data.holdings[0]?.facts.length === 1;
  return (
    <>
      <section className="fa-card" aria-label={t('explain.title')}>
        <div className="fa-headline">
          <span className="fa-headline-amount">
            <Amount amount={data.amount} />
          </span>
          {amount !== null && (
            <span className="fa-headline-side fa-quiet fa-small">
              <span>{t('amount.exact', { amount: exactMoney(amount, currency, locale) })}</span>
              <span>{data.pricingView.pricingViewLabel}</span>
            </span>
          )}
        </div>
        {data.holdings.length > 1 && (
          <SumCheck parts={data.holdings.map(holding => holding.amount.amount)} whole={amount} currency={currency} />
        )}
      </section>
      {data.holdings.map(holding => (
        <HoldingView
          key={holding.slice.domainId}
          holding={holding}
          of={{ application: data.applicationId, currency, view: data.pricingView.pricingViewId }}
          isOpen={isOne || Boolean(what.product)}
        />
      ))}
      {data.holdings.length === 0 && <p className="fa-quiet">{t('explain.nothing')}</p>}
      <Adjustments data={data} />
    </>
  );
}

function Adjustments({ data }: { data: Data }) {
  const { t, locale } = usePages();
  if (data.adjustments.length === 0) return null;
  return (
    <Card title={t('explain.adjustments')}>
      <p className="fa-quiet fa-small">{t('explain.adjustments.hint')}</p>
      <ul className="fa-decisions">
        {data.adjustments.map(one => (
          <li key={one.adjustmentId}>
            <strong className="fa-amount">
              {one.amount === null || one.currency === null ? '—' : exactMoney(one.amount, one.currency, locale)}
            </strong>{' '}
            {t('explain.adjustment', {
              month: longMonth(one.originalMonth, locale),
              what: [one.domainId, one.productId].filter(Boolean).join(' / '),
              person: one.person,
              moment: moment(one.bookedAt, locale),
              reason: one.reason,
            })}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function nameOf(data: Data, { domain, product }: Explained): string {
  const [holding] = data.holdings;
  if (!domain || !holding) return [data.applicationLabel, domain, product].filter(Boolean).join(' · ');
  const fact = product ? holding.facts.find(({ productId }) => productId === product) : null;
  return [data.applicationLabel, holding.slice.domainLabel, fact ? (fact.productLabel ?? fact.productId) : product]
    .filter(Boolean)
    .join(' · ');
}
