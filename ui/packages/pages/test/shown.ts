import type { AmountValue } from '../src/components/Amount';

/** An amount as the API writes one. */
export function amount(text: string | null, more: Partial<AmountValue> = {}): AmountValue {
  return { amount: text, currency: 'EUR', status: 'provisional', lineCount: 3, unpricedCount: 0, ...more };
}
