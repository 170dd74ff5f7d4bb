import { usePages } from '../context';
import { exactMoney } from '../format/numbers';

export interface UnitPriceProps {
  /** Exact; null where none is in force. */
  price: string | null;
  currency: string;
}

/** A price with every digit it has: rounding it would make another one. */
export function UnitPrice({ price, currency }: UnitPriceProps) {
  const { t, locale } = usePages();
  if (price === null) {
    return (
      <span className="fa-amount-none" title={t('explain.unpriced')}>
        <span aria-hidden="true">—</span>
        <span className="fa-hidden">{t('explain.unpriced')}</span>
      </span>
    );
  }
  return (
    <data className="fa-amount" value={price}>
      {exactMoney(price, currency, locale)}
    </data>
  );
}
