import { describe, expect, it } from 'vitest';
import { isMonth, lengthOf, longMonth, monthsBetween, shifted } from '../src/format/months';
import { exactMoney, exactNumber, money, percent, signedMoney, signedPercent } from '../src/format/numbers';

// French separates by spaces that do not break
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('money', () => {
  it('keeps digits that a float would lose', () => {
    expect(plain(money('9007199254740993.10', 'EUR', 'fr-FR'))).toBe('9 007 199 254 740 993,10 €');
    expect(money('9007199254740993.10', 'EUR', 'en-GB')).toBe('€9,007,199,254,740,993.10');
  });

  it('is rounded to the minor unit of its currency', () => {
    expect(money('0.005', 'EUR', 'en-GB')).toBe('€0.01');
    expect(money('1234.5', 'JPY', 'en-GB')).toBe('JP¥1,235');
  });

  it('has every digit on hover, and no zeros that say nothing', () => {
    expect(exactMoney('1234.567890120000', 'EUR', 'en-GB')).toBe('€1,234.56789012');
    expect(exactMoney('1234.500000000000000000000000', 'EUR', 'en-GB')).toBe('€1,234.50');
    expect(exactMoney('0.000000000000000000000001', 'EUR', 'en-GB')).toBe('€0.000000000000000000000001');
    expect(exactMoney('-0.125', 'EUR', 'en-GB')).toBe('-€0.125');
    expect(exactMoney('9007199254740993', 'JPY', 'en-GB')).toBe('JP¥9,007,199,254,740,993');
    expect(exactMoney('0.5', 'JPY', 'en-GB')).toBe('JP¥0.5');
  });

  it('has its sign where it is a difference', () => {
    expect(signedMoney('5', 'EUR', 'en-GB')).toBe('+€5.00');
    expect(signedMoney('0', 'EUR', 'en-GB')).toBe('€0.00');
  });
});

it('numbers and percentages are their locale’s', () => {
  expect(plain(exactNumber('1234567.000000000001', 'fr-FR'))).toBe('1 234 567,000000000001');
  expect(plain(percent('12.34', 'fr-FR'))).toBe('12,34 %');
  expect(signedPercent('-12.3', 'en-GB')).toBe('-12.3%');
});

describe('months', () => {
  it('are reckoned over years', () => {
    expect(shifted('2026-01', -1)).toBe('2025-12');
    expect(shifted('2025-11', 14)).toBe('2027-01');
    expect(monthsBetween('2025-11', '2026-02')).toEqual(['2025-11', '2025-12', '2026-01', '2026-02']);
    expect(lengthOf('2024-01', '2026-12')).toBe(36);
  });

  it('are written in the reader’s words', () => {
    expect(longMonth('2026-10', 'fr-FR')).toBe('octobre 2026');
    expect(longMonth('2026-10', 'en-GB')).toBe('October 2026');
  });

  it.each(['2026-13', '2026-1', '26-01', '', null])('%s is none', text => expect(isMonth(text)).toBe(false));
});
