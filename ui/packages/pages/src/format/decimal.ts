/** Arithmetic on decimals written as text, exact: amounts never become binary floats. */

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

interface Parts {
  units: bigint;
  scale: number;
}

/** Whether the text is a decimal as the API writes them. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** A negative number, zero or a positive number, as the first is less than, equal to or more than the second. */
export function compareDecimals(one: string, other: string): number {
  const [a, b] = onOneScale(parse(one), parse(other));
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** -1, 0 or 1. */
export function signOf(text: string): -1 | 0 | 1 {
  const { units } = parse(text);
  if (units === 0n) return 0;
  return units < 0n ? -1 : 1;
}

/** The sum, with as many decimals as the longest of its parts; `0` of none. */
export function sumOfDecimals(texts: readonly string[]): string {
  const parts = texts.map(parse);
  const scale = parts.reduce((most, part) => Math.max(most, part.scale), 0);
  const units = parts.reduce((sum, part) => sum + scaled(part, scale), 0n);
  return written({ units, scale });
}

/** The first less the second, exactly. */
export function differenceOf(one: string, other: string): string {
  const [a, b] = [parse(one), parse(other)];
  const scale = Math.max(a.scale, b.scale);
  return written({ units: scaled(a, scale) - scaled(b, scale), scale });
}

/** The number without its sign. */
export function absolute(text: string): string {
  const { units, scale } = parse(text);
  return written({ units: units < 0n ? -units : units, scale });
}

/** A part in percent of the size of a whole, to one decimal, halves away from zero; null of nothing. */
export function percentOf(part: string, whole: string): string | null {
  const [a, b] = onOneScale(parse(part), parse(whole));
  if (b === 0n) return null;
  const [size, of] = [a < 0n ? -a : a, b < 0n ? -b : b];
  const tenths = (size * 2_000n + of) / (2n * of);
  return written({ units: a < 0n ? -tenths : tenths, scale: 1 });
}

/** How many decimals it has besides trailing zeros. */
export function decimalsOf(text: string): number {
  return (DECIMAL.exec(text)?.[3] ?? '').replace(/0+$/, '').length;
}

/** Where a value lies on an axis. A pixel needs no more digits than a float has; never show or add these. */
export function positionOf(text: string): number {
  return Number(text);
}

function parse(text: string): Parts {
  const match = DECIMAL.exec(text);
  if (!match) throw new RangeError(`not a decimal: ${text}`);
  const [, sign, whole, fraction = ''] = match;
  const units = BigInt(`${whole}${fraction}`);
  return { units: sign ? -units : units, scale: fraction.length };
}

function scaled({ units, scale }: Parts, wanted: number): bigint {
  return units * 10n ** BigInt(wanted - scale);
}

function onOneScale(one: Parts, other: Parts): [bigint, bigint] {
  const scale = Math.max(one.scale, other.scale);
  return [scaled(one, scale), scaled(other, scale)];
}

function written({ units, scale }: Parts): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = scale ? `${whole}.${digits.slice(-scale)}` : whole;
  return units < 0n ? `-${text}` : text;
}
