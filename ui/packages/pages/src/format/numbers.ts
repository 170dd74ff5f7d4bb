/** Money and numbers as their reader writes them, formatted from the text itself so that no digit is lost. */

import { decimalsOf } from './decimal';

type Options = Intl.NumberFormatOptions;

const formats = new Map<string, Intl.NumberFormat>();

/** An amount to the currency's minor unit, as it is shown. */
export function money(text: string, currency: string, locale: string, options: Options = {}): string {
  return formatted(text, locale, { style: 'currency', currency, ...options });
}

/** An amount with every digit it has, as it is on hover. */
export function exactMoney(text: string, currency: string, locale: string): string {
  const style = { style: 'currency', currency } as const;
  return inFull(text, locale, style, format(locale, style).resolvedOptions().minimumFractionDigits ?? 2);
}

/** An amount for an axis: few digits. */
export function shortMoney(text: string, currency: string, locale: string): string {
  return formatted(text, locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    notation: 'compact',
    maximumSignificantDigits: 3,
  });
}

/** An amount with its sign always, for differences. */
export function signedMoney(text: string, currency: string, locale: string): string {
  return money(text, currency, locale, { signDisplay: 'exceptZero' });
}

/** A quantity to at most three decimals. */
export function quantity(text: string, locale: string): string {
  return formatted(text, locale, { maximumFractionDigits: 3 });
}

/** A number with every digit it has. */
export function exactNumber(text: string, locale: string): string {
  return inFull(text, locale, {}, 0);
}

/** A count. */
export function count(value: number, locale: string): string {
  return format(locale, {}).format(value);
}

/** A number that is in percent already: `12.3` is 12.3 %. */
export function percent(text: string, locale: string, options: Options = {}): string {
  return formatted(text, locale, { style: 'unit', unit: 'percent', maximumFractionDigits: 2, ...options });
}

/** The same, with its sign always. */
export function signedPercent(text: string, locale: string): string {
  return percent(text, locale, { signDisplay: 'exceptZero', maximumFractionDigits: 1 });
}

// some engines format at most 20 decimals, and amounts have up to 24
function inFull(text: string, locale: string, options: Options, least: number): string {
  const [whole = '0', fraction = ''] = text.split('.');
  const digits = fraction.slice(0, decimalsOf(text)).padEnd(least, '0');
  const places = Math.min(1, digits.length);
  const shape = format(locale, { ...options, minimumFractionDigits: places, maximumFractionDigits: places });
  return shape
    .formatToParts(`${whole}.0` as unknown as number)
    .map(({ type, value }) => (type === 'fraction' ? digits : value))
    .join('');
}

function formatted(text: string, locale: string, options: Options): string {
  return format(locale, options).format(text as `${number}`);
}

// making one is a hundred times dearer than using it
function format(locale: string, options: Options): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = formats.get(key) ?? new Intl.NumberFormat(locale, options);
  formats.set(key, known);
  return known;
}

/** A part of one, `0.125`, as `12.5 %`. */
export function partOfOne(text: string, locale: string): string {
  return formatted(text, locale, { style: 'percent', minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** How what a chart shows is written: few digits for an axis, as it is read, and with every digit. */
export interface Measure {
  tick: (text: string) => string;
  shown: (text: string) => string;
  exact: (text: string) => string;
}

/** Amounts of a currency. */
export function amounts(currency: string, locale: string): Measure {
  return {
    tick: text => shortMoney(text, currency, locale),
    shown: text => money(text, currency, locale),
    exact: text => exactMoney(text, currency, locale),
  };
}

/** Prices: always with every digit. */
export function prices(currency: string, locale: string): Measure {
  return { ...amounts(currency, locale), shown: text => exactMoney(text, currency, locale) };
}

/** Quantities of a metric. */
export function quantities(metric: string, locale: string): Measure {
  return {
    tick: text => formatted(text, locale, { notation: 'compact', maximumSignificantDigits: 3 }),
    shown: text => `${quantity(text, locale)} ${metric}`,
    exact: text => `${exactNumber(text, locale)} ${metric}`,
  };
}
