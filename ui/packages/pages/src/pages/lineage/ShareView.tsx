import { type Schemas } from '../../api/client';
import { Quantity } from '../../components/columns';
import { usePages } from '../../context';
import { compareDecimals, sumOfDecimals } from '../../format/decimal';
import { exactMoney, exactNumber, partOfOne } from '../../format/numbers';
import { FactView } from './FactView';
import type { Holding, Of } from './holding';
import { SliceSource } from './SliceSource';
import { SourceLines } from './SourceLines';
import { SumCheck } from './SumCheck';

type Share = Schemas['LineageShare'];
type Driver = Schemas['LineageDriver'];

export interface ShareViewProps {
  share: Share;
  slice: Holding['slice'];
  of: Of;
}

/** How a weight came about: of each driver so much of its basis, and what that was the sum of. */
export function ShareView({ share, slice, of }: ShareViewProps) {
  const { t } = usePages();
  return (
    <section className="fa-part">
      <h3>
        {t('explain.weight')} <span className="fa-quiet fa-small">{share.methodKey}</span>
      </h3>
      {share.drivers.map(driver => (
        <DriverView key={driver.name} driver={driver} slice={slice} of={of} />
      ))}
    </section>
  );
}

function DriverView({ driver, slice, of }: { driver: Driver; slice: Holding['slice']; of: Of }) {
  const { t, locale } = usePages();
  const whole = sumOfDecimals([driver.quantity, driver.othersQuantity]);
  return (
    <div className="fa-driver">
      <p className="fa-reckoning">
        <span>
          <small>{driver.name}</small>
          <b>{exactNumber(driver.quantity, locale)}</b>
        </span>
        <span aria-hidden="true">÷</span>
        <span>
          <small>{t('spread.basis')}</small>
          <b>{exactNumber(driver.basis, locale)}</b>
        </span>
        <span aria-hidden="true">=</span>
        <span>
          <small>{t('column.weight')}</small>
          <b>{exactNumber(driver.weight, locale)}</b>
        </span>
      </p>
      {driver.part !== null && (
        <p>
          {t('explain.part', { part: partOfOne(driver.part, locale) })}
          {driver.cost !== null && ` ${exactMoney(driver.cost, of.currency, locale)}`}
        </p>
      )}
      <p className="fa-sum" data-holds={compareDecimals(whole, driver.basis) === 0}>
        <span aria-hidden="true" className="fa-sum-mark">
          {compareDecimals(whole, driver.basis) === 0 ? '✓' : '≠'}
        </span>
        <span>
          {t('explain.others', {
            count: driver.othersCount,
            quantity: exactNumber(driver.othersQuantity, locale),
            basis: exactNumber(whole, locale),
          })}
        </span>
      </p>
      {driver.sameWeightFrom.map(one => (
        <p key={one.version} className="fa-quiet fa-small">
          {t('explain.sameWeight', {
            version: one.version,
            quantity: exactNumber(one.quantity, locale),
            basis: exactNumber(one.basis, locale),
          })}
        </p>
      ))}
      {driver.lines.length > 0 && <SourceLines fact={driver} slice={slice} of={of} />}
      {driver.origin && <Origin origin={driver.origin} of={of} />}
      {driver.gap && <p className="fa-quiet">{driver.gap}</p>}
    </div>
  );
}

function Origin({ origin, of }: { origin: Holding; of: Of }) {
  const { t } = usePages();
  const { slice, facts, quantity } = origin;
  const parts = facts.map(fact => fact.quantity);
  return (
    <div className="fa-origin">
      <p>
        {t('explain.origin', { domain: slice.domainLabel })}{' '}
        {quantity !== null && <Quantity value={quantity} metric={facts[0]?.metric ?? null} />}
      </p>
      <SliceSource slice={slice} />
      <div className="fa-fact-list">
        {facts.map((fact, place) => (
          <FactView key={place} fact={fact} slice={slice} of={of} isOpen={false} isPriceless />
        ))}
      </div>
      <SumCheck parts={parts} whole={quantity} />
    </div>
  );
}
