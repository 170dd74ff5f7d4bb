import { usePages } from '../../context';
import { differenceOf, sumOfDecimals } from '../../format/decimal';
import { exactMoney, money, signedMoney } from '../../format/numbers';
import type { Comparison } from './comparing';

type Sums = Pick<Comparison['total'], 'before' | 'after' | 'moved' | 'onlyBefore' | 'onlyAfter'>;

/** Whether anything has a price on one side only. */
export function isOneSided({ onlyBefore, onlyAfter }: Sums): boolean {
  return onlyBefore.count > 0 || onlyAfter.count > 0;
}

/** What has a price on one side only, and so is in no difference; and that nothing else is missing from it. */
export function OneSided({ data }: { data: Comparison }) {
  const { t, locale } = usePages();
  const { total, before, after } = data;
  if (!isOneSided(total)) return null;
  const { currency } = before;
  const told = (of: Sums['onlyBefore'], view: string) => {
    if (of.count === 0) return null;
    const amount = of.amount === null ? t('amount.none') : money(of.amount, currency, locale);
    return (
      <li
        title={of.amount === null ? undefined : t('amount.exact', { amount: exactMoney(of.amount, currency, locale) })}
      >
        {t('compare.only', { count: of.count, view, amount })}
      </li>
    );
  };
  const { onlyBefore, onlyAfter } = total;
  const differs =
    total.after.amount === null || total.before.amount === null
      ? null
      : differenceOf(total.after.amount, total.before.amount);
  return (
    <div className="fa-part">
      <strong className="fa-small fa-quiet">{t('compare.uncomparable')}</strong>
      <ul className="fa-bullets">
        {told(onlyBefore, before.pricingViewLabel)}
        {told(onlyAfter, after.pricingViewLabel)}
      </ul>
      {differs !== null && (
        <p className="fa-quiet" title={t('amount.exact', { amount: exactMoney(differs, currency, locale) })}>
          {t('compare.whole', { by: signedMoney(differs, currency, locale) })}
        </p>
      )}
    </div>
  );
}

/** The same of one line, in few words. */
export function OneSidedCell({ of: { onlyBefore, onlyAfter, before } }: { of: Sums }) {
  const { t, locale } = usePages();
  const count = onlyBefore.count + onlyAfter.count;
  if (count === 0) return null;
  const exactly = (amount: string | null) =>
    amount === null ? t('amount.none') : exactMoney(amount, before.currency, locale);
  const known = [onlyBefore, onlyAfter].flatMap(({ amount }) => amount ?? []);
  return (
    <span
      className="fa-warned"
      title={[
        ...(onlyBefore.count ? [`${t('compare.before')}: ${exactly(onlyBefore.amount)}`] : []),
        ...(onlyAfter.count ? [`${t('compare.after')}: ${exactly(onlyAfter.amount)}`] : []),
      ].join('; ')}
    >
      {t('compare.lines', { count })}
      {known.length > 0 && ` · ${money(sumOfDecimals(known), before.currency, locale)}`}
    </span>
  );
}
