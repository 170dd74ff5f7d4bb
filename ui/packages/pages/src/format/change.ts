/** What changed from one amount to another, as the API says it of months in a row. */

import type { Schemas } from '../api/client';
import { differenceOf } from './decimal';

type Amount = Schemas['Amount'];

/** The change on an amount before, without a percentage; null where either has none, or prices are missing in one. */
export function changeOf(amount: Amount, previous: Amount | undefined): Schemas['Change'] | null {
  if (!previous || amount.amount === null || previous.amount === null) return null;
  return { previous, delta: differenceOf(amount.amount, previous.amount), percent: null };
}
