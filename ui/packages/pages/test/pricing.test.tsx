import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router-dom';
import { describe, expect, it } from 'vitest';
import { type Schemas } from '../src';
import { Compare } from '../src/pages/pricing/Compare';
import { comparedTo, sidesOf } from '../src/pages/pricing/comparing';
import { holdingIn, lastWords, PriceHistory } from '../src/pages/pricing/PriceHistory';
import { Pricing } from '../src/pages/pricing/Pricing';
import { PricingView } from '../src/pages/pricing/PricingView';
import { amount } from './shown';
import { expectAccessible, show, where, Where } from './rendered';

type View = Schemas['PricingViewInList'];
type Price = Schemas['PriceOfView'];

const LIST: View = {
  pricingViewId: 'list',
  pricingViewLabel: 'List',
  currency: 'EUR',
  kind: 'list',
  isDefault: true,
  isDraft: false,
  basedOn: null,
  lineCount: 1_200,
  lastAt: '2026-10-05T12:00:00Z',
};
const AGREED: View = {
  ...LIST,
  pricingViewId: 'agreed',
  pricingViewLabel: 'Agreed',
  kind: 'contracted',
  isDefault: false,
};
const YEN: View = { ...AGREED, pricingViewId: 'yen', pricingViewLabel: 'Yen', currency: 'JPY' };
const DRAFT: View = {
  ...AGREED,
  pricingViewId: 'next',
  pricingViewLabel: 'Next year',
  isDraft: true,
  basedOn: 'list',
  lineCount: 3,
};
const VIEWS = [LIST, AGREED, YEN, DRAFT];

const price = (effectiveFrom: string, unitPrice: string, more: Partial<Price> = {}): Price => ({
  domainId: 'ONE',
  productId: 'disk',
  productLabel: 'Disk',
  consumptionMetric: 'GB',
  effectiveFrom,
  revision: 1,
  unitPrice,
  sourceName: 'prices.csv',
  sourceLine: null,
  publishedAt: '2026-10-05T12:00:00Z',
  publishedBy: 'ada',
  isDrafted: false,
  ...more,
});
const PRICES = [
  price('2026-01', '0.000000000001'),
  price('2026-01', '0.000000000002', { revision: 2 }),
  price('2026-09', '0.000000000003'),
];
const NONE = { count: 0, amount: null };
const line = (key: string, before: string | null, after: string | null, moved: string | null) => ({
  key,
  label: key,
  domainId: key,
  before: amount(before),
  after: amount(after),
  moved,
  onlyBefore: NONE,
  onlyAfter: NONE,
});
const COMPARED: Schemas['Comparison'] = {
  before: LIST,
  after: DRAFT,
  months: { from: '2026-10', to: '2026-10' },
  reasons: [],
  by: 'domain',
  total: line('total', '3.0', '2.4', '-0.6'),
  lines: [line('ONE', '2.0', '1.1', '-0.9')],
  others: { ...line('others', '1.0', '1.3', '0.3'), count: 2 },
};
const MONTHS = [
  ['2026-10', 2],
  ['2026-09', 0],
].map(([month, unpricedCount]) => ({
  month,
  status: 'provisional',
  total: amount('3', { lineCount: 5, unpricedCount: unpricedCount as number }),
}));

function serving(asked: string[], views: readonly View[] = VIEWS, compared = COMPARED): typeof globalThis.fetch {
  return async input => {
    const url = new URL((input as Request).url);
    asked.push(`${url.pathname}${url.search}`);
    if (url.pathname === '/pricing-views') return Response.json({ items: views });
    if (url.pathname === '/months') return Response.json({ pricingView: LIST, items: MONTHS });
    if (url.pathname === '/domains') return Response.json({ domains: [{ domainId: 'ONE', domainLabel: 'One' }] });
    if (url.pathname === '/pricing-views/compare') return Response.json(compared);
    const items = url.searchParams.has('revisions') ? PRICES : lastWords(PRICES);
    return Response.json({ pricingView: LIST, month: null, items, nextCursor: null });
  };
}

interface More {
  views?: readonly View[];
  role?: 'admin' | 'application-owner';
  compared?: Schemas['Comparison'];
}

function pages(url: string, asked: string[] = [], { views, role = 'admin', compared }: More = {}) {
  return show(
    <>
      <Routes>
        <Route path="/pricing" element={<Pricing />} />
        <Route path="/pricing/compare" element={<Compare />} />
        <Route path="/pricing/:viewId" element={<PricingView />} />
        <Route path="/pricing/:viewId/:domainId/:productId" element={<PriceHistory />} />
      </Routes>
      <Where />
    </>,
    { url, role, fetch: serving(asked, views, compared) },
  );
}

describe('views', () => {
  it('say what they cover, and lead to what another one would change', async () => {
    const { container } = pages('/pricing');
    expect(await screen.findAllByText('2 lines without a price, in 1 of 2 months')).toHaveLength(3);
    expect(screen.getByText('A draft is in no amount')).toBeTruthy();
    await expectAccessible(container);
    const row = screen.getByRole('row', { name: /Next year/ });
    await userEvent.click(within(row).getByRole('link', { name: 'What would it change?' }));
    expect(where()).toBe('/pricing/compare?before=list&after=next');
  });

  it('lead owners of applications nowhere they may not go', async () => {
    pages('/pricing', [], { role: 'application-owner' });
    expect(await screen.findByText('List')).toBeTruthy();
    expect(screen.queryByRole('link')).toBeNull();
  });
});

describe('prices', () => {
  it('are those of the last month known, until others are asked for', async () => {
    const asked: string[] = [];
    const { container } = pages('/pricing/list', asked);
    expect(await screen.findAllByText('€0.000000000002')).toHaveLength(1);
    expect(asked).toContain('/pricing-views/list/prices?month=2026-10&limit=50');
    await expectAccessible(container);
    await userEvent.selectOptions(screen.getByLabelText('In force'), 'Every price');
    expect(where()).toBe('/pricing/list?at=all');
    expect(asked.at(-1)).toBe('/pricing-views/list/prices?limit=50');
  });

  it('of one product tell what holds, since when, and what was corrected', async () => {
    const { container } = pages('/pricing/list/ONE/disk');
    const table = within(await screen.findByRole('table', { name: 'Every price and its corrections' }));
    const rows = table.getAllByRole('rowheader').map(cell => cell.textContent);
    expect(rows).toEqual(['September 2026', 'January 2026superseded', 'January 2026']);
    expect(table.getByRole('row', { name: /September/ }).textContent).toContain('+50%');
    await expectAccessible(container);
  });

  it('hold until the next one, as their last revision; an amount to distribute in its own month', () => {
    const said = lastWords(PRICES);
    const months = ['2025-12', '2026-01', '2026-08', '2026-10'];
    expect(months.map(month => holdingIn(said, month, false)?.unitPrice)).toEqual([
      undefined,
      '0.000000000002',
      '0.000000000002',
      '0.000000000003',
    ]);
    expect(months.map(month => holdingIn(said, month, true)?.unitPrice)).toEqual([
      undefined,
      '0.000000000002',
      undefined,
      undefined,
    ]);
  });
});

describe('a comparison', () => {
  it('is of the draft with its base unless others are named, and of one currency', () => {
    expect(VIEWS.map(view => comparedTo(view, VIEWS)?.pricingViewId)).toEqual([undefined, 'list', undefined, 'list']);
    const ids = (asked: Parameters<typeof sidesOf>[1]) => {
      const sides = sidesOf(VIEWS, asked);
      return sides && [sides.before.pricingViewId, sides.after.pricingViewId];
    };
    expect(ids({ before: null, after: null })).toEqual(['list', 'next']);
    expect(ids({ before: null, after: 'list' })).toEqual(['agreed', 'list']);
    expect(ids({ before: 'agreed', after: null })).toEqual(['agreed', 'next']);
    expect(ids({ before: 'yen', after: null })).toBeNull();
    expect(sidesOf([LIST], { before: null, after: null })).toBeNull();
  });

  it('shows both sides, what moved, and others, which add up', async () => {
    const asked: string[] = [];
    const { container } = pages('/pricing/compare', asked);
    const table = within(await screen.findByRole('table', { name: 'What moves' }));
    expect(asked).toContain(
      '/pricing-views/compare?from=2026-10&to=2026-10&before=list&after=next&by=domain&limit=500',
    );
    const lines = table.getAllByRole('row').map(row => row.lastElementChild?.textContent);
    expect(lines[1]).toContain('-45%');
    expect(lines[2]).toContain('+30%');
    expect(lines[3]).toContain('-20%');
    await expectAccessible(container);
  });

  it('tells apart what has a price on one side only, and why it is not final', async () => {
    const total = { ...COMPARED.total, moved: '0.4', onlyBefore: { count: 1, amount: '1.0' } };
    const reasons = [
      {
        kind: 'UNPRICED' as const,
        text: '1 line has no price.',
        remedy: 'Import one.',
        count: 1,
        months: [],
        domainIds: [],
      },
    ];
    const others = { ...COMPARED.others, moved: '1.3', onlyBefore: { count: 1, amount: '1.0' } };
    pages('/pricing/compare', [], { compared: { ...COMPARED, total, others, reasons } });
    expect(await screen.findByText('1 line has a price in List only: €1.00, in no difference.')).toBeTruthy();
    expect(screen.getByText('With these, the totals differ by -€0.60.')).toBeTruthy();
    expect(screen.getByText('The 2 parts add up exactly to €0.40')).toBeTruthy();
    expect(screen.getByRole('columnheader', { name: /Not comparable/ })).toBeTruthy();
    expect(screen.getByText('Import one.')).toBeTruthy();
  });

  it('goes by what is chosen, and turns round', async () => {
    const asked: string[] = [];
    pages('/pricing/compare?from=2026-09&to=2026-10', asked);
    await screen.findByRole('table', { name: 'What moves' });
    await userEvent.click(screen.getByRole('button', { name: 'Products' }));
    await userEvent.click(screen.getByRole('button', { name: 'Swap the two' }));
    expect(where()).toBe('/pricing/compare?from=2026-09&to=2026-10&by=product&before=next&after=list');
    expect(asked.at(-1)).toBe(
      '/pricing-views/compare?from=2026-09&to=2026-10&before=next&after=list&by=product&limit=500',
    );
  });

  it.each([
    ['/pricing/compare?before=list&after=list', 'These are the same prices'],
    ['/pricing/compare?before=list&after=yen', 'These are in two currencies'],
  ])('%s is not asked for', async (url, told) => {
    const asked: string[] = [];
    pages(url, asked);
    expect(await screen.findByText(new RegExp(told))).toBeTruthy();
    expect(asked.filter(one => one.includes('compare'))).toEqual([]);
  });

  it('of nothing says how there comes to be something', async () => {
    pages('/pricing/compare', [], { views: [LIST] });
    expect(await screen.findByText('There is nothing to compare')).toBeTruthy();
  });
});
