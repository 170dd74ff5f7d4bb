/** Months as `YYYY-MM`: reckoning with them, and as their reader writes them. */

export type Month = string;

const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;

/** Whether the text is a month. */
export function isMonth(text: string | null | undefined): text is Month {
  return typeof text === 'string' && MONTH.test(text);
}

/** So many months later; earlier where negative. */
export function shifted(month: Month, by: number): Month {
  const index = indexOf(month) + by;
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((((index % 12) + 12) % 12) + 1).padStart(2, '0')}`;
}

/** How many months a range has, both included. */
export function lengthOf(first: Month, last: Month): number {
  return indexOf(last) - indexOf(first) + 1;
}

/** Every month of a range, both included. */
export function monthsBetween(first: Month, last: Month): Month[] {
  return Array.from({ length: Math.max(0, lengthOf(first, last)) }, (_, by) => shifted(first, by));
}

/** The month of a day. */
export function monthOf(day: Date): Month {
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}`;
}

/** `October 2026` */
export function longMonth(month: Month, locale: string): string {
  return written(month, locale, { month: 'long', year: 'numeric' });
}

/** `Oct 2026` */
export function shortMonth(month: Month, locale: string): string {
  return written(month, locale, { month: 'short', year: 'numeric' });
}

/** `Oct`, for an axis; the year stands below January. */
export function axisMonth(month: Month, locale: string): string {
  return written(month, locale, { month: 'short' }).replace(/\.$/, '');
}

/** A month, or a range of them. */
export function longMonths(first: Month, last: Month, locale: string): string {
  if (first === last) return longMonth(first, locale);
  return `${longMonth(first, locale)} – ${longMonth(last, locale)}`;
}

/** A day, `YYYY-MM-DD`, as `31 March 2026`. */
export function longDay(day: string, locale: string): string {
  const style = { dateStyle: 'long', timeZone: 'UTC' } as const;
  const text = new Intl.DateTimeFormat(locale, style).format(new Date(`${day}T00:00:00Z`));
  // French counts the first day, and Intl does not know
  return locale.startsWith('fr') ? text.replace(/^1 /, '1er ') : text;
}

/** A moment, to the minute, in the reader's own zone. */
export function moment(text: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(text));
}

/** The day of a moment, in the reader's own zone. */
export function dayOf(text: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(new Date(text));
}

function indexOf(month: Month): number {
  const match = MONTH.exec(month);
  if (!match) throw new RangeError(`not a month: ${month}`);
  return Number(match[1]) * 12 + Number(match[2]) - 1;
}

function written(month: Month, locale: string, options: Intl.DateTimeFormatOptions): string {
  const [year, of] = month.split('-').map(Number) as [number, number];
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(Date.UTC(year, of - 1, 1));
}
