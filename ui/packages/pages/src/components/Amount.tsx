import type { Schemas } from '../api/client';
import { usePages } from '../context';
import { absolute, signOf } from '../format/decimal';
import { exactMoney, money, signedMoney, signedPercent } from '../format/numbers';

export type AmountValue = Schemas['Amount'];
export type ChangeValue = Schemas['Change'];

export interface AmountProps {
  amount: AmountValue;
  /** Shows a dot and says it where lines have no price; on by default. */
  marksUnpriced?: boolean;
  /** Shows every digit at once. */
  isExact?: boolean;
}

/** An amount in the reader's locale, exact on hover; null is never shown as zero. */
export function Amount({ amount, marksUnpriced = true, isExact = false }: AmountProps) {
  const { t, locale } = usePages();
  const unpriced = marksUnpriced && amount.unpricedCount > 0;
  return (
    <span className="fa-amount">
      {amount.amount === null ? (
        <span className="fa-amount-none" title={t('amount.none')}>
          <span aria-hidden="true">—</span>
          <span className="fa-hidden">{t('amount.none')}</span>
        </span>
      ) : (
        <data
          value={amount.amount}
          title={t('amount.exact', { amount: exactMoney(amount.amount, amount.currency, locale) })}
        >
          {(isExact ? exactMoney : money)(amount.amount, amount.currency, locale)}
        </data>
      )}
      {unpriced && (
        <span
          className="fa-unpriced"
          title={`${t('status.unpriced', { count: amount.unpricedCount })}. ${t('status.unpriced.hint')}`}
        >
          <span aria-hidden="true">*</span>
          <span className="fa-hidden">{t('status.unpriced', { count: amount.unpricedCount })}</span>
        </span>
      )}
    </span>
  );
}

export interface ChangeFigureProps {
  change: ChangeValue | null;
  /** Only the percentage, where there is little room. */
  isShort?: boolean;
}

/** How an amount moved: more is an arrow up, in words for those who do not see it. */
export function ChangeFigure({ change, isShort = false }: ChangeFigureProps) {
  const { t, locale } = usePages();
  if (!change || change.delta === null) {
    return (
      <span className="fa-change" data-direction="unknown" title={t('change.unknown')}>
        <span aria-hidden="true">—</span>
        <span className="fa-hidden">{t('change.unknown')}</span>
      </span>
    );
  }
  const { currency, amount: previous } = change.previous;
  const sign = signOf(change.delta);
  const size = money(absolute(change.delta), currency, locale);
  const said = sign === 0 ? t('change.same') : t(sign > 0 ? 'change.up' : 'change.down', { delta: size });
  const exact = t('amount.exactPrevious', {
    delta: exactMoney(change.delta, currency, locale),
    previous: previous === null ? t('amount.none') : exactMoney(previous, currency, locale),
  });
  const percentage = change.percent === null ? null : signedPercent(change.percent, locale);
  return (
    <span className="fa-change" data-direction={sign > 0 ? 'up' : sign < 0 ? 'down' : 'same'} title={exact}>
      <span aria-hidden="true" className="fa-change-arrow">
        {sign > 0 ? '▲' : sign < 0 ? '▼' : '■'}
      </span>
      <span className="fa-hidden">{said}</span>
      {isShort && percentage !== null ? (
        <span>{percentage}</span>
      ) : (
        <>
          <span aria-hidden="true">{signedMoney(change.delta, currency, locale)}</span>
          {percentage !== null && <span className="fa-change-percent">{percentage}</span>}
        </>
      )}
    </span>
  );
}
