import { type ReactNode } from 'react';
import { positionOf } from '../../format/decimal';
import { Amount, ChangeFigure, type AmountValue, type ChangeValue } from '../Amount';

export interface RankItem {
  id: string;
  label: ReactNode;
  /** Beside the label, quietly: the owner, the kind. */
  note?: ReactNode;
  amount: AmountValue;
  change?: ChangeValue | null;
  /** The share in words; `12 %`. */
  share?: string | null;
}

export interface RankBarsProps {
  label: string;
  items: readonly RankItem[];
  /** What is not listed: no bar, since it is of many. */
  remainder?: { label: string; amount: AmountValue } | null;
}

/** Amounts from the dearest down, each with a bar of its size; credits go the other way. */
export function RankBars({ label, items, remainder }: RankBarsProps) {
  const sizes = items.map(({ amount }) => (amount.amount === null ? 0 : positionOf(amount.amount)));
  const most = Math.max(0, ...sizes.map(Math.abs)) || 1;
  return (
    <ol className="fa-rank" aria-label={label}>
      {items.map(({ id, label: name, note, amount, change, share }, index) => (
        <li key={id} className="fa-rank-item">
          <span className="fa-rank-name">
            <span className="fa-rank-label">{name}</span>
            {note && <span className="fa-quiet fa-small">{note}</span>}
          </span>
          <span className="fa-rank-figures">
            <Amount amount={amount} />
            {share && <span className="fa-quiet fa-small">{share}</span>}
            {change !== undefined && <ChangeFigure change={change} isShort />}
          </span>
          <span
            aria-hidden="true"
            className="fa-rank-bar"
            data-negative={(sizes[index] ?? 0) < 0 || undefined}
            style={{ width: `${(Math.abs(sizes[index] ?? 0) / most) * 100}%` }}
          />
        </li>
      ))}
      {remainder && (
        <li className="fa-rank-item fa-rank-remainder">
          <span className="fa-rank-name">{remainder.label}</span>
          <span className="fa-rank-figures">
            <Amount amount={remainder.amount} />
          </span>
        </li>
      )}
    </ol>
  );
}
