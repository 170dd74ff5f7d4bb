/** CSV that every spreadsheet opens and none takes for formulas. */

import { isDecimal } from '../format/decimal';

// OWASP, CSV injection: with these a cell begins to be computed; with an apostrophe one could not tell what was added
const COMPUTABLE = /^[=+\-@\t\r\n'＝＋－＠]/;

/** Rows as CSV with a byte order mark: texts quoted, numbers as they are, null as nothing. */
export function csvOf(rows: readonly (readonly (string | null)[])[]): string {
  return `\ufeff${rows.map(row => `${row.map(cellOf).join(',')}\r\n`).join('')}`;
}

/** Has the browser save it. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // some browsers read it after the click
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function cellOf(text: string | null): string {
  if (text === null) return '';
  if (isDecimal(text)) return text;
  return `"${(COMPUTABLE.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
