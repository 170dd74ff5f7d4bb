import { describe, expect, it } from 'vitest';
import {
  absolute,
  compareDecimals,
  decimalsOf,
  isDecimal,
  percentOf,
  signOf,
  sumOfDecimals,
} from '../src/format/decimal';

describe('decimals', () => {
  it.each([
    ['9007199254740993.10', '9007199254740993.1', 0],
    ['9007199254740992', '9007199254740993', -1],
    ['0.000000000001', '0', 1],
    ['-0.5', '-0.49', -1],
    ['-0', '0', 0],
    ['2', '10', -1],
  ])('%s against %s is %d', (one, other, order) => {
    expect(compareDecimals(one, other)).toBe(order);
  });

  it('adds up without losing a digit', () => {
    expect(sumOfDecimals(['0.1', '0.2'])).toBe('0.3');
    expect(sumOfDecimals(['9007199254740993.000000000001', '-9007199254740993'])).toBe('0.000000000001');
    expect(sumOfDecimals(['0.05', '-0.30'])).toBe('-0.25');
    expect(sumOfDecimals([])).toBe('0');
  });

  it.each([
    ['1', '3', '33.3'],
    ['-1', '3', '-33.3'],
    ['0.0005', '1', '0.1'],
    ['-0.0005', '1', '-0.1'],
    ['1', '-3', '33.3'],
    ['0', '3', '0.0'],
    ['9007199254740993', '9007199254740993', '100.0'],
    ['1', '0.00', null],
  ])('%s of %s is %s percent', (part, whole, percent) => {
    expect(percentOf(part, whole)).toBe(percent);
  });

  it('agrees with integers of 1e-12 over random numbers', () => {
    let state = 20261123n;
    const next = () => (state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n) >> 20n;
    for (let round = 0; round < 2_000; round += 1) {
      const parts = Array.from({ length: 5 }, () => (next() % 2n ? next() : -next()));
      const total = parts.reduce((sum, part) => sum + part, 0n);
      expect(compareDecimals(sumOfDecimals(parts.map(text)), text(total))).toBe(0);
      expect(signOf(text(total))).toBe(total === 0n ? 0 : total < 0n ? -1 : 1);
    }
  });

  it('takes off the sign, and nothing else', () => {
    expect(absolute('-1.50')).toBe('1.50');
    expect(absolute('1.50')).toBe('1.50');
  });

  it('counts decimals without trailing zeros', () => {
    expect([decimalsOf('1.500000'), decimalsOf('1'), decimalsOf('1.000')]).toEqual([1, 0, 0]);
  });

  it.each(['', '1e3', '1,5', 'NaN', ' 1', '.5', '1.', '+1'])('does not take “%s” for one', text => {
    expect(isDecimal(text)).toBe(false);
    expect(() => signOf(text)).toThrow(RangeError);
  });
});

function text(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(13, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -12)}.${digits.slice(-12)}`;
}
