import { fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DataTable, type Column } from '../src/components/DataTable';
import { expectAccessible, show } from './rendered';

interface Row {
  name: string;
  cost: string | null;
}

const COLUMNS: Column<Row>[] = [
  { id: 'name', header: 'Name', cell: row => row.name, value: row => row.name, isRowHeader: true },
  { id: 'cost', header: 'Cost', cell: row => row.cost ?? '—', value: row => row.cost, kind: 'decimal' },
];
const ROWS: Row[] = [
  { name: 'app-10', cost: '9007199254740992' },
  { name: 'app-9', cost: '9007199254740993' },
  { name: 'Été', cost: null },
  { name: '=cmd()', cost: '-1' },
];
const table = (rows = ROWS) => (
  <DataTable caption="Costs" columns={COLUMNS} rows={rows} keyOf={row => row.name} csvName="costs" isSearchable />
);
// by selector: looking two thousand rows up by role takes longer than the table
const names = () => [...document.querySelectorAll('tbody th')].map(cell => cell.textContent);

describe('sorting', () => {
  it('by a number is exact, the dearest first, what has none last either way', async () => {
    show(table());
    await userEvent.click(screen.getByRole('button', { name: /^Cost/ }));
    expect(names()).toEqual(['app-9', 'app-10', '=cmd()', 'Été']);
    expect(screen.getByRole('columnheader', { name: /^Cost/ }).getAttribute('aria-sort')).toBe('descending');
    await userEvent.click(screen.getByRole('button', { name: /^Cost/ }));
    expect(names()).toEqual(['=cmd()', 'app-10', 'app-9', 'Été']);
  });

  it('by a text is as people count', async () => {
    show(table());
    await userEvent.click(screen.getByRole('button', { name: /^Name/ }));
    expect(names()).toEqual(['=cmd()', 'app-9', 'app-10', 'Été']);
  });
});

it('the search overlooks accents and case, and says when nothing is found', async () => {
  show(table());
  await userEvent.type(screen.getByRole('searchbox'), 'ete');
  expect(names()).toEqual(['Été']);
  await userEvent.type(screen.getByRole('searchbox'), 'x');
  expect(screen.getByText('No row holds “etex”.')).toBeTruthy();
});

describe('2,000 rows', () => {
  const many = Array.from({ length: 2_000 }, (_, index) => ({ name: `app-${index}`, cost: String(index) }));

  it('are shown a page at a time', async () => {
    show(table(many));
    expect(names()).toHaveLength(50);
    await userEvent.click(screen.getByRole('button', { name: 'Next page' }));
    expect(screen.getByText('51–100 of 2,000')).toBeTruthy();
    expect(names()[0]).toBe('app-50');
  });

  it('are printed whole', () => {
    show(table(many));
    fireEvent(window, new Event('beforeprint'));
    expect(names()).toHaveLength(2_000);
    fireEvent(window, new Event('afterprint'));
    expect(names()).toHaveLength(50);
  });
});

describe('the download', () => {
  const saved: Blob[] = [];
  beforeEach(() => {
    saved.length = 0;
    URL.createObjectURL = blob => {
      saved.push(blob as Blob);
      return 'blob:saved';
    };
    URL.revokeObjectURL = () => undefined;
    // jsdom would say that it navigates nowhere
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
  });
  afterEach(() => vi.restoreAllMocks());

  it('holds every row, whatever is searched for, and no formula', async () => {
    show(table());
    await userEvent.type(screen.getByRole('searchbox'), 'app-9');
    await userEvent.click(screen.getByRole('button', { name: /CSV/ }));
    expect(await textOf(saved[0]!)).toBe(
      '"Name","Cost"\r\n"app-10",9007199254740992\r\n"app-9",9007199254740993\r\n"Été",\r\n"\'=cmd()",-1\r\n',
    );
  });
});

it('is accessible', async () => {
  const { container } = show(
    <DataTable caption="Costs" columns={COLUMNS} rows={ROWS} keyOf={row => row.name} foot={[['Total', '1']]} />,
  );
  await expectAccessible(container);
});

function textOf(blob: Blob): Promise<string> {
  return new Promise(resolve => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsText(blob);
  });
}
