/** What moved between two versions: arithmetic of what is shown, exact. */

import type { Schemas } from '../../api/client';
import type { AmountValue, ChangeValue } from '../../components/Amount';
import { differenceOf, signOf, sumOfDecimals } from '../../format/decimal';

export type DiffData = Schemas['Diff'];
export type MovedLine = DiffData['lines'][number];
export type LineChange = MovedLine['change'];
export type Move = Omit<DiffData['applications'][number], 'applicationId' | 'applicationLabel'>;

export const LINE_CHANGES: readonly LineChange[] = ['added', 'removed', 'changed'];

/** One side of a move, as amounts are shown. */
export function sideOf(move: Move, side: 'before' | 'after'): AmountValue {
  const unpricedCount = side === 'before' ? move.unpricedBefore : move.unpricedAfter;
  return { amount: move[side], currency: move.currency, status: move.status, lineCount: 1, unpricedCount };
}

/** What moved, as changes are shown. */
export function changeOf(move: Move): ChangeValue {
  return { previous: sideOf(move, 'before'), delta: move.moved, percent: null };
}

/** What of an amount the parts leave over; null where nothing is. */
export function restOf(whole: string | null, parts: readonly (string | null)[]): string | null {
  const known = parts.filter(part => part !== null);
  if (whole === null) return null;
  const rest = differenceOf(whole, sumOfDecimals(known));
  return signOf(rest) === 0 ? null : rest;
}

/** How much more of a line there is; null where it is counted in another unit than before. */
export function growthOf(line: MovedLine): string | null {
  const { quantityBefore, quantityAfter, metricBefore, metricAfter } = line;
  if (metricBefore && metricAfter && metricBefore !== metricAfter) return null;
  return differenceOf(quantityAfter ?? '0', quantityBefore ?? '0');
}
