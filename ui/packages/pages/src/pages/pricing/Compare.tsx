import { Link } from 'react-router-dom';
import { answerOf } from '../../api/client';
import { Amount, ChangeFigure } from '../../components/Amount';
import { StatusBadge } from '../../components/Badges';
import { Card, PageHead } from '../../components/Card';
import { Choice } from '../../components/Choice';
import { DomainChoice } from '../../components/DomainChoice';
import { Crumbs } from '../../components/Crumbs';
import { FilterBar } from '../../components/FilterBar';
import { LoadedView, ReasonList } from '../../components/States';
import { Toggle } from '../../components/Toggle';
import { useViews, type ViewValue } from '../../components/ViewSelect';
import { usePages } from '../../context';
import { useFilters, type FilterControl } from '../../filters/useFilters';
import { useParameters } from '../../filters/useParameters';
import { positionOf, signOf } from '../../format/decimal';
import { longMonths, monthOf, monthsBetween, type Month } from '../../format/months';
import { useDomains } from '../../loading/useDomains';
import { useLoad } from '../../loading/useLoad';
import { usePaths } from '../../navigation/usePaths';
import { changeOf, Moves } from './Moves';
import { OneSided } from './OneSided';
import { sidesOf, type Comparison, type Grain, type Sides } from './comparing';

const GRAINS: readonly Grain[] = ['domain', 'application', 'product', 'month'];
const LISTED = 500;

/** What months would cost in another view or draft: the same quantities, both prices, side by side. */
export function Compare() {
  const { t } = usePages();
  const paths = usePaths();
  const { params } = useParameters();
  const { loaded } = useViews();
  return (
    <div className="fa-page">
      <Crumbs crumbs={[{ label: t('pricing.title'), to: paths.pricing }]} />
      <LoadedView loaded={loaded} lines={14}>
        {({ items }) => {
          const sides = sidesOf(items, { before: params.get('before'), after: params.get('after') });
          return sides ? (
            <Compared views={items} sides={sides} />
          ) : (
            <>
              <PageHead title={t('compare.title')} />
              <section className="fa-notice" data-tone="neutral">
                <h2 className="fa-notice-title">{t('compare.nothing')}</h2>
                <p>{t('compare.nothing.text')}</p>
              </section>
            </>
          );
        }}
      </LoadedView>
    </div>
  );
}

function Compared({ views, sides }: { views: readonly ViewValue[]; sides: Sides }) {
  const { client, t, language } = usePages();
  const control = useFilters();
  const { params, set } = useParameters();
  const { labels } = useDomains();
  const months = usePricedMonths();
  const by = GRAINS.find(one => one === params.get('by')) ?? 'domain';
  const domain = params.get('domain');
  const range = rangeOf(control, lastOver(months));
  const query = range && {
    ...range,
    before: sides.before.pricingViewId,
    after: sides.after.pricingViewId,
    by,
    limit: LISTED,
    ...(domain ? { domain: [domain] } : {}),
  };
  const isSame = sides.before.pricingViewId === sides.after.pricingViewId;
  const isConverted = sides.before.currency !== sides.after.currency;
  const key = query && !isSame && !isConverted ? `compare ${language} ${JSON.stringify(query)}` : null;
  const loaded = useLoad(key, async signal => {
    if (!query) throw new Error('nothing is asked for');
    return answerOf(client.GET('/pricing-views/compare', { params: { query }, signal }));
  });
  const choose = (side: 'before' | 'after') => (
    <Choice
      label={t(`compare.${side}`)}
      value={sides[side].pricingViewId}
      options={views.map(view => [
        view.pricingViewId,
        `${view.pricingViewLabel} (${view.currency})${view.isDraft ? ` – ${t('pricing.draft')}` : ''}`,
      ])}
      onChange={id => set({ before: sides.before.pricingViewId, after: sides.after.pricingViewId, [side]: id })}
    />
  );
  return (
    <>
      <PageHead
        title={t('compare.of', { after: sides.after.pricingViewLabel, before: sides.before.pricingViewLabel })}
        facts={<Facts range={range} data={isSame || isConverted ? null : loaded.data} />}
      />
      <FilterBar control={control} shown={range} months={choosable(months)}>
        {choose('before')}
        <button
          type="button"
          className="fa-step"
          aria-label={t('compare.swap')}
          title={t('compare.swap')}
          onClick={() => set({ before: sides.after.pricingViewId, after: sides.before.pricingViewId })}
        >
          ⇄
        </button>
        {choose('after')}
        <DomainChoice domain={domain} labels={labels} onChange={value => set({ domain: value })} />
      </FilterBar>
      {isSame || isConverted ? (
        <section className="fa-notice" data-tone="neutral">
          <p>{t(isSame ? 'compare.same' : 'compare.converted')}</p>
        </section>
      ) : (
        <LoadedView loaded={loaded} lines={14}>
          {data => (
            <>
              <Result data={data} />
              {data.reasons.length > 0 && (
                <Card title={t('state.reasons')}>
                  <ReasonList reasons={data.reasons} isWhole />
                </Card>
              )}
              <Card title={t('compare.moves')}>
                <Toggle
                  label={t('compare.by')}
                  options={GRAINS.map(one => [one, t(`compare.by.${one}`)])}
                  chosen={by}
                  onChange={one => set({ by: one })}
                />
                <Moves data={data} />
              </Card>
            </>
          )}
        </LoadedView>
      )}
    </>
  );
}

function Facts({ range, data }: { range: { from: Month; to: Month } | null; data: Comparison | null }) {
  const { locale } = usePages();
  return (
    <>
      {range && <span>{longMonths(range.from, range.to, locale)}</span>}
      {data && <StatusBadge status={data.total.before.status} />}
    </>
  );
}

function Result({ data }: { data: Comparison }) {
  const { t } = usePages();
  const paths = usePaths();
  const { before, after } = data.total;
  const most = Math.max(...[before, after].map(({ amount }) => Math.abs(positionOf(amount ?? '0')))) || 1;
  const side = (view: Comparison['before'], amount: Comparison['total']['before'], role: 'before' | 'after') => (
    <div className="fa-side">
      <span className="fa-quiet">{t(`compare.${role}`)}</span>
      <Link to={paths.pricingView(view.pricingViewId)}>{view.pricingViewLabel}</Link>
      <span className="fa-side-amount">
        <Amount amount={amount} />
      </span>
      <span
        aria-hidden="true"
        className="fa-side-bar"
        data-role={role}
        style={{ width: `${(Math.abs(positionOf(amount.amount ?? '0')) / most) * 100}%` }}
      />
    </div>
  );
  return (
    <section className="fa-card" aria-label={t('compare.result')}>
      <div className="fa-sides">
        {side(data.before, before, 'before')}
        {side(data.after, after, 'after')}
        <div className="fa-side">
          <span className="fa-quiet">{t('compare.moved')}</span>
          <span className="fa-side-amount">
            <ChangeFigure change={changeOf(data.total)} />
          </span>
        </div>
      </div>
      <p className="fa-small fa-quiet">{t('compare.hint')}</p>
      <OneSided data={data} />
      {data.total.moved !== null && signOf(data.total.moved) === 0 && <p>{t('compare.still')}</p>}
    </section>
  );
}

/** Months in which anything was used, in order. */
function usePricedMonths(): Month[] {
  const { client, language } = usePages();
  const known = useLoad(`months ${language}`, signal => answerOf(client.GET('/months', { signal })));
  const used = known.data?.items.filter(({ total }) => total.lineCount > 0) ?? [];
  return used.map(({ month }) => month).sort();
}

// the month that is not over says less of what a tariff would change
function lastOver(months: readonly Month[]): Month | null {
  const now = monthOf(new Date());
  return months.filter(month => month < now).at(-1) ?? months.at(-1) ?? null;
}

function rangeOf({ filters }: FilterControl, last: Month | null): { from: Month; to: Month } | null {
  if (filters.from && filters.to) return { from: filters.from, to: filters.to };
  const month = filters.month ?? last;
  return month ? { from: month, to: month } : null;
}

function choosable(months: readonly Month[]): Month[] {
  const now = monthOf(new Date());
  const [first] = months;
  return first ? monthsBetween(first, [now, months.at(-1) ?? now].sort().at(-1) ?? now) : [];
}
