import { Link } from 'react-router-dom';
import { usePages } from '../context';
import { Amount, type AmountValue } from './Amount';

export interface ExplainedAmountProps {
  amount: AmountValue;
  /** Where it is explained; nothing where it cannot be. */
  to: string | null;
}

/** An amount that leads to what it comes from. */
export function ExplainedAmount({ amount, to }: ExplainedAmountProps) {
  const { t } = usePages();
  if (!to || amount.lineCount === 0) return <Amount amount={amount} />;
  return (
    <Link className="fa-explained" to={to}>
      <Amount amount={amount} />
      <span className="fa-hidden">{t('explain.link')}</span>
    </Link>
  );
}
