import { type ReactNode } from 'react';
import { usePages } from '../context';
import { exactNumber, quantity } from '../format/numbers';
import { ChangeFigure, type AmountValue, type ChangeValue } from './Amount';
import type { Column } from './DataTable';
import { ExplainedAmount } from './ExplainedAmount';

export interface Columns {
  amount: <Row extends { amount: AmountValue }>(explained?: (row: Row) => string | null) => Column<Row>;
  change: <Row extends { change: ChangeValue | null }>() => Column<Row>;
  text: <Row>(id: string, header: string, value: (row: Row) => string | null) => Column<Row>;
}

/** Columns that many tables have. */
export function useColumns(): Columns {
  const { t } = usePages();
  return {
    amount: explained => ({
      id: 'amount',
      header: t('column.amount'),
      cell: row => <ExplainedAmount amount={row.amount} to={explained?.(row) ?? null} />,
      value: row => row.amount.amount,
      kind: 'decimal',
    }),
    change: () => ({
      id: 'change',
      header: t('column.change'),
      cell: row => <ChangeFigure change={row.change} />,
      value: row => row.change?.delta ?? null,
      kind: 'decimal',
    }),
    text: (id, header, value) => ({ id, header, cell: row => value(row) ?? '', value }),
  };
}

export interface QuantityProps {
  value: string;
  metric?: string | null;
}

/** A quantity to three decimals, exact on hover. */
export function Quantity({ value, metric }: QuantityProps) {
  const { locale } = usePages();
  return (
    <span className="fa-amount">
      <data value={value} title={`${exactNumber(value, locale)}${metric ? ` ${metric}` : ''}`}>
        {quantity(value, locale)}
      </data>
      {metric && <span className="fa-quiet fa-small"> {metric}</span>}
    </span>
  );
}

export interface NamedProps {
  label: ReactNode;
  /** Below it, quietly: an id, an owner. */
  note: ReactNode;
}

/** A name with what tells it from others of the same name. */
export function Named({ label, note }: NamedProps) {
  return (
    <span className="fa-named">
      <span>{label}</span>
      {note && note !== label && <span className="fa-quiet fa-small">{note}</span>}
    </span>
  );
}
