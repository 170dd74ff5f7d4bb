import { expect, it } from 'vitest';
import { csvOf } from '../src/components/csv';

it('quotes texts, keeps numbers, leaves null empty, begins with the mark that spreadsheets look for', () => {
  expect(
    csvOf([
      ['Nom', 'Coût'],
      ['a "b", c', '-12.50'],
      [null, '0'],
    ]),
  ).toBe('\ufeff"Nom","Coût"\r\n"a ""b"", c",-12.50\r\n,0\r\n');
});

it.each(['=1+1', '+1', '-x', '@SUM(A1)', '\t=1', '\r=1', '\n=1', "'=1", '＝1+1', '-1+cmd|calc'])(
  'no spreadsheet computes %j',
  text => {
    expect(csvOf([[text]])).toBe(`\ufeff"'${text}"\r\n`);
  },
);
