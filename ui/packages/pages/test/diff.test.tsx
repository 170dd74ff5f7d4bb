import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { type Schemas } from '../src';
import { Difference } from '../src/pages/diff/Difference';
import { growthOf, restOf, type MovedLine } from '../src/pages/diff/moves';
import { expectAccessible, show, where, Where } from './rendered';

type Diff = Schemas['Diff'];
type Version = Diff['newer'];

const version = (number: number): Version => ({
  version: number,
  runId: `0000000${number}-0000-4000-8000-000000000000`,
  rowCount: 3,
  sumQuantity: '10.5',
  publishedAt: `2026-03-0${number}T12:00:00Z`,
  files: [{ name: 'one/2026-02.csv', sha256: 'abc', bytes: 10, rows: 3 }],
});
const priced = { currency: 'EUR', status: 'provisional' as const, unpricedBefore: 0, unpricedAfter: 0 };
const LINE: MovedLine = {
  change: 'changed',
  applicationId: 'portal',
  applicationLabel: 'The portal',
  productId: 'disk',
  productLabel: 'A disk',
  quantityBefore: '1.1',
  quantityAfter: '1.3',
  metricBefore: 'GB',
  metricAfter: 'GB',
  familyBefore: 'storage',
  familyAfter: 'fast',
};
const DIFF: Diff = {
  domainId: 'ONE',
  month: '2026-02',
  older: version(1),
  newer: version(2),
  totals: [
    {
      pricingViewId: 'list',
      pricingViewLabel: 'List',
      isDefault: true,
      before: '10.1',
      after: '10.4',
      moved: '0.3',
      ...priced,
    },
    {
      pricingViewId: 'yen',
      pricingViewLabel: 'Yen',
      isDefault: false,
      before: '1000',
      after: '1030',
      moved: '30',
      ...priced,
      currency: 'JPY',
    },
  ],
  reasons: [],
  pricingView: { pricingViewId: 'list', pricingViewLabel: 'List', currency: 'EUR', kind: 'internal', isDefault: true },
  applications: [
    {
      applicationId: 'portal',
      applicationLabel: 'The portal',
      before: '1.0000000000001',
      after: '1.1',
      moved: '0.0999999999999',
      ...priced,
    },
  ],
  otherApplications: { count: 2, before: '2', after: '2.2000000000001', moved: '0.2000000000001' },
  lineCounts: { added: 1, removed: 0, changed: 60 },
  lines: [LINE, { ...LINE, change: 'added', applicationId: 'search', quantityBefore: null, metricBefore: null }],
  nextCursor: 'second',
};

interface Served {
  versions?: Version[] | null;
  diff?: Partial<Diff>;
  asked?: string[];
}

function serving({ versions = [version(1), version(2), version(3)], diff = {}, asked = [] }: Served): typeof fetch {
  return async input => {
    const url = new URL((input as Request).url);
    asked.push(`${url.pathname}${url.search}`);
    if (url.pathname === '/versions') {
      const problem = { type: 'about:blank', title: 'Not found', status: 404, detail: 'no version' };
      if (versions === null) return Response.json(problem, { status: 404 });
      return Response.json({ domainId: 'ONE', month: '2026-02', items: versions });
    }
    if (url.pathname === '/diff') return Response.json({ ...DIFF, ...diff });
    if (url.pathname === '/domains') return Response.json({ domains: [{ domainId: 'ONE', domainLabel: 'One' }] });
    if (url.pathname === '/months') return Response.json({ items: [{ month: '2026-02' }, { month: '2026-01' }] });
    return Response.json({ items: [] });
  };
}

function page(url: string, served: Served = {}) {
  return show(
    <>
      <Difference />
      <Where />
    </>,
    { url, role: 'viewer', fetch: serving(served) },
  );
}
const ONE = '/months/changes?month=2026-02&domain=ONE';

describe('what changed', () => {
  it('compares the newest version with the one before it, or those that are chosen', async () => {
    const asked: string[] = [];
    const { container } = page(ONE, { asked });
    await screen.findByRole('table', { name: 'By application' });
    expect(screen.getByText(/^From version 1 \(1 Mar 2026, .*\) to version 2 \(2 Mar 2026/)).toBeTruthy();
    expect(asked).toContain('/diff?month=2026-02&domain=ONE&older=2&newer=3&limit=50');
    await userEvent.selectOptions(screen.getByLabelText('From version'), '1');
    expect(where()).toBe(`${ONE}&from=1`);
    await userEvent.click(await screen.findByRole('link', { name: 'compare with 1' }));
    expect(where()).toBe(`${ONE}&from=1&to=2`);
    expect(asked.at(-1)).toBe('/diff?month=2026-02&domain=ONE&older=1&newer=2&limit=50');
    await expectAccessible(container);
  });

  it('adds up to the last digit: applications, others and what has not moved are the total', async () => {
    page(ONE);
    const table = within(await screen.findByRole('table', { name: 'By application' }));
    const figures = table
      .getAllByRole('row')
      .slice(1)
      .map(row => [...row.querySelectorAll('data')].map(({ value }) => value));
    expect(figures).toEqual([
      ['1.0000000000001', '1.1'],
      ['2', '2.2000000000001'],
      ['7.0999999999999', '7.0999999999999'],
      ['10.1', '10.4'],
    ]);
    expect(screen.getByText('The 2 parts add up exactly to €0.30')).toBeTruthy();
  });

  it('says so where it does not add up', async () => {
    page(ONE, { diff: { otherApplications: { ...DIFF.otherApplications, moved: '0.2' } } });
    expect((await screen.findByRole('alert')).textContent).toContain('€0.0000000000001 is missing');
  });

  it('says so where no application moved', async () => {
    page(ONE, { diff: { otherApplications: { count: 0, before: null, after: null, moved: null }, applications: [] } });
    expect(await screen.findByText('No application costs more or less than before.')).toBeTruthy();
  });

  it('shows one kind of lines from its first page, and every view', async () => {
    const asked: string[] = [];
    page(ONE, { asked });
    await userEvent.click(await screen.findByRole('button', { name: 'Next page' }));
    expect(asked.at(-1)).toContain('cursor=second');
    await userEvent.click(screen.getByRole('button', { name: 'Added 1' }));
    expect(where()).toBe(`${ONE}&change=added`);
    expect(asked.at(-1)).toBe('/diff?month=2026-02&domain=ONE&older=2&newer=3&change=added&limit=50');
    expect(screen.getByRole('table', { name: 'What it costs' }).textContent).toContain('Yen');
  });

  it('of another month begins with its own versions', async () => {
    page(`${ONE}&from=1&to=2&change=added`);
    await screen.findByRole('table', { name: 'By application' });
    await userEvent.selectOptions(screen.getByLabelText('Month'), 'January 2026');
    expect(where()).toBe('/months/changes?month=2026-01&domain=ONE');
  });

  it.each([
    ['/months/changes', {}, 'Choose a domain and a month'],
    [ONE, { versions: [version(1)] }, 'There is only one version'],
    [ONE, { versions: null }, 'Nothing was ever published'],
    [`${ONE}&from=2&to=2`, {}, 'Choose two versions'],
  ])('%s with %j asks for nothing and says what to do', async (url, served, said) => {
    const asked: string[] = [];
    page(url, { ...served, asked });
    expect(await screen.findByRole('heading', { name: said })).toBeTruthy();
    expect(asked.some(one => one.startsWith('/diff'))).toBe(false);
  });
});

describe('what moved', () => {
  it.each([
    [LINE, '0.2'],
    [{ ...LINE, quantityBefore: null, metricBefore: null }, '1.3'],
    [{ ...LINE, quantityAfter: null, metricAfter: null }, '-1.1'],
    [{ ...LINE, metricAfter: 'TB' }, null],
  ])('of a line is exact, and nothing between two units', (line, by) => {
    expect(growthOf(line)).toBe(by);
  });

  it('leaves over what no part has', () => {
    expect([restOf('3', ['1', null, '0.5']), restOf('1.50', ['1.5']), restOf(null, ['1'])]).toEqual([
      '1.5',
      null,
      null,
    ]);
  });
});
