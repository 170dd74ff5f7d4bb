import { renderHook, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation } from 'react-router-dom';
import { describe, expect, it } from 'vitest';
import { DataTable } from '../src/components/DataTable';
import { usePaths } from '../src/navigation/usePaths';
import { rangeOf } from '../src/pages/History';
import { explainedOf } from '../src/pages/Explain';
import { leadOf } from '../src/pages/Rankings';
import { type FilterControl } from '../src/filters/useFilters';
import { Surroundings, show } from './rendered';

function paths(url: string) {
  return renderHook(() => usePaths(), {
    wrapper: ({ children }) => (
      <Surroundings url={url}>
        <>{children}</>
      </Surroundings>
    ),
  }).result.current;
}

describe('addresses', () => {
  it('keep the filters, and nothing else of the page they are on', () => {
    const to = paths('/rankings?month=2026-10&view=list&app=a&app=b&of=owner');
    expect(to.application('x/y z')).toBe('/applications/x%2Fy%20z?month=2026-10&view=list&app=a&app=b');
    expect(to.history({ of: 'product', id: 'disk', domain: 'ONE' })).toBe(
      '/history?month=2026-10&view=list&app=a&app=b&of=product&id=disk&domain=ONE',
    );
  });

  it('of an explanation name one amount of one month, in the prices looked at', () => {
    const to = paths('/applications?from=2026-01&to=2026-03&view=list&app=a');
    const url = to.explain({ month: '2026-03', application: 'x', domain: 'ONE', product: null });
    expect(url).toBe('/explain?view=list&month=2026-03&application=x&domain=ONE');
    expect(explainedOf(new URLSearchParams(url.split('?')[1]), '2026-03')).toMatchObject({
      application: 'x',
      domain: 'ONE',
      product: null,
      version: null,
    });
  });
});

describe('a place of a ranking', () => {
  const row = { domainId: 'ONE', id: null } as Parameters<typeof leadOf>[0];

  it('without a product leads to its domain, and without an owner nowhere', () => {
    const to = paths('/rankings');
    expect(leadOf(row, 'product', to)).toBe('/domains/ONE');
    expect(leadOf({ ...row, domainId: null }, 'owner', to)).toBeNull();
  });
});

describe('the months of a history', () => {
  const control = (filters: Partial<FilterControl['filters']>) =>
    ({
      filters: { month: null, from: null, to: null, pricingView: null, applications: [], ...filters },
    }) as FilterControl;

  it.each([
    [{}, { from: '2024-12', to: '2026-11' }],
    [{ month: '2026-01' }, { from: '2024-02', to: '2026-01' }],
    [
      { from: '2020-01', to: '2020-02' },
      { from: '2020-01', to: '2020-02' },
    ],
  ])('%j', (filters, range) => {
    expect(rangeOf(control(filters), ['2026-10', '2026-11'])).toEqual(range);
  });

  it('are not known before anything is', () => {
    expect(rangeOf(control({}), [])).toBeNull();
  });
});

function Where() {
  return <output>{useLocation().pathname}</output>;
}

const TABLE = (
  <>
    <DataTable
      caption="Domains"
      columns={[
        { id: 'name', header: 'Name', cell: row => row, value: row => row, isRowHeader: true },
        { id: 'cost', header: 'Cost', cell: () => <button type="button">more</button>, value: () => '1' },
        { id: 'size', header: 'Size', cell: row => `${row} size`, value: () => '2' },
      ]}
      rows={['one', 'two']}
      keyOf={row => row}
      hrefOf={row => `/domains/${row}`}
    />
    <Where />
  </>
);

describe('a row that leads somewhere', () => {
  it('is followed by the keyboard', async () => {
    show(TABLE);
    screen.getByRole('link', { name: 'two' }).focus();
    await userEvent.keyboard('{Enter}');
    expect(screen.getByRole('status').textContent).toBe('/domains/two');
  });

  it('is followed by a click anywhere on it, but not on what does something else', async () => {
    show(TABLE);
    await userEvent.click(screen.getAllByRole('button', { name: 'more' })[0]!);
    expect(screen.getByRole('status').textContent).toBe('/');
    await userEvent.click(screen.getByText('one size'));
    expect(screen.getByRole('status').textContent).toBe('/domains/one');
  });
});
