import { usePages } from '../../context';
import { compareDecimals, differenceOf, sumOfDecimals } from '../../format/decimal';
import { exactMoney, exactNumber } from '../../format/numbers';

export interface SumCheckProps {
  /** What the whole is made of; null where it has no amount. */
  parts: readonly (string | null)[];
  whole: string | null;
  /** Of amounts; none of quantities. */
  currency?: string;
}

/** Whether the parts that are shown add up, reckoned here, to the last digit. */
export function SumCheck({ parts, whole, currency }: SumCheckProps) {
  const { t, locale } = usePages();
  const known = parts.filter(part => part !== null);
  if (whole === null || known.length === 0) return null;
  const said = (text: string) => (currency ? exactMoney(text, currency, locale) : exactNumber(text, locale));
  const sum = sumOfDecimals(known);
  const isSame = compareDecimals(sum, whole) === 0;
  if (isSame && known.length === 1) return null;
  return (
    <p className="fa-sum" data-holds={isSame} role={isSame ? undefined : 'alert'}>
      <span aria-hidden="true" className="fa-sum-mark">
        {isSame ? '✓' : '≠'}
      </span>
      <span>
        {isSame
          ? t('explain.addsUp', { count: known.length, sum: said(sum) })
          : t('explain.differs', { sum: said(sum), by: said(differenceOf(whole, sum)) })}
      </span>
    </p>
  );
}
