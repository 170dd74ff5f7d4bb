import { describe, expect, it } from 'vitest';
import { leftOf } from '../src/pages/changes';
import type { ChangeValue } from '../src/components/Amount';

const moved = (previous: string, delta: string): ChangeValue => ({
  previous: { amount: previous, currency: 'EUR', status: 'closed', lineCount: 1, unpricedCount: 0 },
  delta,
  percent: null,
});

describe('what of a change is in no row', () => {
  it('is what ended and what began, exactly', () => {
    const left = leftOf(moved('100.1', '-20.3'), [{ change: moved('60', '1.05') }, { change: null }]);
    expect([left?.delta, left?.previous.amount, left?.percent]).toEqual(['-21.35', '40.1', null]);
  });

  it('is nothing where rows are all of it, or the whole is not known', () => {
    expect(leftOf(moved('60', '1.05'), [{ change: moved('60', '1.050') }])).toBeNull();
    expect(leftOf(null, [{ change: moved('60', '1.05') }])).toBeNull();
  });
});
