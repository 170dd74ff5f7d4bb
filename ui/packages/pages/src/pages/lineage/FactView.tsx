import { type Schemas } from '../../api/client';
import { Quantity } from '../../components/columns';
import { usePages } from '../../context';
import { longMonth, moment } from '../../format/months';
import { exactMoney, exactNumber, money, partOfOne } from '../../format/numbers';
import type { Holding, Of } from './holding';
import { ShareView } from './ShareView';
import { SourceLines } from './SourceLines';

export type Fact = Schemas['LineageFact'];

export interface FactViewProps {
  fact: Fact;
  slice: Holding['slice'];
  of: Of;
  isOpen: boolean;
  /** Behind a weight quantities count, not what they cost. */
  isPriceless?: boolean;
}

/** One line of the mart: quantity or weight, times a price; open, where all three come from. */
export function FactView({ fact, slice, of, isOpen, isPriceless = false }: FactViewProps) {
  const { t, locale } = usePages();
  const isSpread = slice.domainMode === 'INDIRECT';
  const name = fact.productLabel ?? fact.productId ?? t('explain.share');
  return (
    <details className="fa-fact" open={isOpen}>
      <summary>
        <span className="fa-fact-name">
          {name}
          {fact.productId && fact.productLabel !== fact.productId && (
            <span className="fa-quiet fa-small"> {fact.productId}</span>
          )}
        </span>
        <span className="fa-fact-sum fa-small">
          {isSpread ? (
            <span title={exactNumber(fact.quantity, locale)}>{partOfOne(fact.quantity, locale)}</span>
          ) : (
            <Quantity value={fact.quantity} metric={fact.metric} />
          )}
          {fact.price && <span className="fa-quiet"> × {exactMoney(fact.price.unitPrice, of.currency, locale)}</span>}
        </span>
        <span className="fa-fact-cost">
          {isPriceless ? null : fact.cost === null ? (
            <span className="fa-fact-unpriced">{t('explain.unpriced')}</span>
          ) : (
            <data value={fact.cost} title={t('amount.exact', { amount: exactMoney(fact.cost, of.currency, locale) })}>
              {money(fact.cost, of.currency, locale)}
            </data>
          )}
        </span>
      </summary>
      <div className="fa-fact-body">
        <Reckoning fact={fact} isSpread={isSpread} currency={of.currency} />
        {!isPriceless && <Price fact={fact} isSpread={isSpread} currency={of.currency} />}
        {fact.share && <ShareView share={fact.share} slice={slice} of={of} />}
        {fact.lines.length > 0 && <SourceLines fact={fact} slice={slice} of={of} />}
        {fact.gap && <p className="fa-quiet">{fact.gap}</p>}
        <Decisions fact={fact} />
      </div>
    </details>
  );
}

interface PartProps {
  fact: Fact;
  isSpread: boolean;
  currency: string;
}

function Reckoning({ fact, isSpread, currency }: PartProps) {
  const { t, locale } = usePages();
  if (!fact.price || fact.cost === null) return null;
  return (
    <p className="fa-reckoning">
      <span>
        <small>{t(isSpread ? 'column.weight' : 'column.quantity')}</small>
        <b>{exactNumber(fact.quantity, locale)}</b> {!isSpread && fact.metric}
      </span>
      <span aria-hidden="true">×</span>
      <span>
        <small>{t(isSpread ? 'spread.amount' : 'explain.unitPrice')}</small>
        <b>{exactMoney(fact.price.unitPrice, currency, locale)}</b>
      </span>
      <span aria-hidden="true">=</span>
      <span>
        <small>{t('column.amount')}</small>
        <b>{exactMoney(fact.cost, currency, locale)}</b>
      </span>
    </p>
  );
}

function Price({ fact: { price }, isSpread, currency }: PartProps) {
  const { t, locale } = usePages();
  if (!price) return <p className="fa-quiet">{t('explain.noPrice')}</p>;
  return (
    <section className="fa-part">
      <h3>{t(isSpread ? 'explain.amount' : 'explain.price')}</h3>
      <p>
        {t('explain.priceOf', {
          price: exactMoney(price.unitPrice, currency, locale),
          month: longMonth(price.effectiveFrom, locale),
          revision: price.revision,
        })}{' '}
        {price.productId === '*' && !isSpread && t('explain.priceOfAll')}
      </p>
      <p className="fa-quiet fa-small">
        {t('explain.priceBy', {
          person: price.publishedBy,
          moment: moment(price.publishedAt, locale),
          source: price.sourceName,
        })}
      </p>
    </section>
  );
}

function Decisions({ fact: { decisions } }: { fact: Fact }) {
  const { t } = usePages();
  if (decisions.length === 0) return null;
  return (
    <section className="fa-part">
      <h3>{t('explain.decisions')}</h3>
      <ul className="fa-decisions">
        {decisions.map(one => (
          <li key={one.quarantineId}>
            <strong>{t(one.verdict === 'FIX' ? 'explain.fixed' : 'explain.accepted')}</strong>{' '}
            {t('explain.decision', { id: one.quarantineId, person: one.person, reason: one.reason })}
          </li>
        ))}
      </ul>
    </section>
  );
}
