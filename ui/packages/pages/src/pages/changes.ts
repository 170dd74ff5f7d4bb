import type { ChangeValue } from '../components/Amount';
import { differenceOf, signOf, sumOfDecimals } from '../format/decimal';

/**
 * What of a change is in no row: of what ended, and of what has nothing before it. Null where the rows are all of it,
 * or the whole is not known.
 */
export function leftOf(whole: ChangeValue | null, rows: readonly { change: ChangeValue | null }[]): ChangeValue | null {
  if (!whole?.delta) return null;
  const changes = rows.flatMap(({ change }) => change ?? []);
  const delta = differenceOf(whole.delta, sumOfDecimals(changes.flatMap(one => one.delta ?? [])));
  const known = sumOfDecimals(changes.flatMap(one => one.previous.amount ?? []));
  const amount = differenceOf(whole.previous.amount ?? '0', known);
  return signOf(delta) === 0 ? null : { previous: { ...whole.previous, amount }, delta, percent: null };
}
