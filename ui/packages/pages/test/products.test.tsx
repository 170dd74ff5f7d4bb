import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router-dom';
import { describe, expect, it } from 'vitest';
import { type Schemas } from '../src';
import { Products } from '../src/pages/products/Products';
import { ProductView } from '../src/pages/products/ProductView';
import { toldOf } from '../src/pages/products/acts';
import { translator } from '../src';
import { amount } from './shown';
import { expectAccessible, press, show, where, Where } from './rendered';

type Product = Schemas['Product'];
type History = Schemas['ProductHistory'];
type Act = Schemas['Act'];

const DISK: Product = {
  domainId: 'ONE',
  productId: 'disk/small',
  productLabel: 'Small disk',
  familyId: 'storage',
  familyLabel: 'Storage',
  consumptionMetric: 'GB',
  state: 'active',
  decommissionedAt: null,
  heldBy: null,
  describedBy: null,
  describedIn: null,
  inReferential: true,
  createdAt: '2026-01-05T12:00:00Z',
};
const LIST: Schemas['ProductList'] = {
  counts: { active: 60, inactive: 2, decommissioned: 1, unmapped: 0 },
  items: [DISK, { ...DISK, productId: 'old', productLabel: 'Old disk', state: 'decommissioned' }],
  nextCursor: 'second',
};
const VIEW = { pricingViewId: 'list', pricingViewLabel: 'List', currency: 'EUR', kind: 'internal', isDefault: true };
const month = (name: string): History['months'][number] => ({
  month: name,
  quantity: '0.1',
  applicationCount: 2,
  labelThen: 'Small disk',
  familyThen: 'storage',
  unitPrice: '0.000000000001',
  amount: amount('0.0000000000001'),
});
const act = (changes: Act['changes'], more: Partial<Act> = {}): Act => ({
  auditId: 1,
  actedAt: '2026-03-05T12:00:00Z',
  login: 'finops',
  person: 'ada',
  reason: 'replaced',
  act: 'UPDATE',
  relation: 'dim_product',
  key: {},
  changes,
  ...more,
});
const HISTORY: History = {
  product: { ...DISK, state: 'decommissioned', decommissionedAt: '2026-02-28', heldBy: 'ada' },
  pricingView: VIEW,
  months: [month('2026-01'), month('2026-02'), month('2026-03')],
  reasons: [],
  acts: [act([{ column: 'decommissioned_at', before: null, after: '2026-02-28' }])],
  citations: [],
};

interface Served {
  history?: Partial<History>;
  list?: Schemas['ProductList'];
  asked?: string[];
}

function serving({ history = {}, list = LIST, asked = [] }: Served): typeof globalThis.fetch {
  return async input => {
    const request = input as Request;
    const url = new URL(request.url);
    const body = request.method === 'GET' ? '' : await request.text();
    asked.push(`${request.method} ${url.pathname}${url.search}${body}`);
    if (request.method === 'DELETE') return new Response(null, { status: 204 });
    if (url.pathname === '/products') return Response.json(list);
    if (url.pathname === '/products/history') return Response.json({ ...HISTORY, ...history });
    if (url.pathname === '/products/decommission') {
      return Response.json({ product: HISTORY.product, laterMonths: ['2026-03'] });
    }
    if (request.method === 'POST') return Response.json(HISTORY.product);
    if (url.pathname === '/domains') return Response.json({ domains: [{ domainId: 'ONE', domainLabel: 'One' }] });
    if (url.pathname === '/history') return Response.json({ series: [] });
    return Response.json({ items: [] });
  };
}

function pages(url: string, served: Served = {}, role: 'admin' | 'viewer' = 'admin') {
  return show(
    <>
      <Routes>
        <Route path="/products" element={<Products />} />
        <Route path="/products/:domainId/:productId" element={<ProductView />} />
      </Routes>
      <Where />
    </>,
    { url, role, fetch: serving(served) },
  );
}
const ONE = '/products/ONE/disk%2Fsmall';

describe('the console of products', () => {
  it('counts each state, and shows one when it is asked for, from its first page', async () => {
    const asked: string[] = [];
    const { container } = pages('/products?domain=ONE', { asked });
    await userEvent.click(await screen.findByRole('button', { name: 'Next page' }));
    expect(asked.at(-1)).toBe('GET /products?domain=ONE&limit=50&cursor=second');
    await press('Decommissioned 1');
    expect(where()).toBe('/products?domain=ONE&state=decommissioned');
    expect(asked.at(-1)).toBe('GET /products?domain=ONE&state=decommissioned&limit=50');
    expect(screen.getByRole('button', { name: 'All 63' }).getAttribute('aria-pressed')).toBe('false');
    await expectAccessible(container);
  });

  it('leads to a product whose id holds a slash', async () => {
    pages('/products');
    await userEvent.click(await screen.findByRole('link', { name: /Small disk/ }));
    expect(where()).toBe(ONE);
    expect(await screen.findByRole('heading', { level: 1, name: 'Small disk' })).toBeTruthy();
  });

  it('asks for what is typed once it is, and says when nothing is found', async () => {
    const asked: string[] = [];
    pages('/products', { asked, list: { ...LIST, items: [], nextCursor: null } });
    await userEvent.type(screen.getByRole('searchbox'), 'disk');
    expect(await screen.findByText('No product matches the filters')).toBeTruthy();
    expect(asked.filter(one => one.includes('search'))).toEqual(['GET /products?search=disk&limit=50']);
    await press('Reset filters');
    expect(where()).toBe('/products');
    expect(screen.getByRole<HTMLInputElement>('searchbox').value).toBe('');
  });
});

describe('a product', () => {
  it('says who holds its state and since when, and which months come after its end', async () => {
    const { container } = pages(ONE);
    expect(await screen.findByText(/^ada, since 5 Mar 2026/)).toBeTruthy();
    const [march, february] = screen.getAllByRole('rowheader').map(cell => cell.textContent);
    expect([march, february]).toEqual(['March 2026after its end', 'February 2026']);
    await expectAccessible(container);
  });

  it('has prices and sums with every digit', async () => {
    pages(ONE);
    const table = within(await screen.findByRole('table', { name: 'Used month by month' }));
    expect(table.getAllByText('€0.000000000001')).toHaveLength(3);
    expect(table.getByText('€0.00', { selector: 'tfoot data' }).getAttribute('value')).toBe('0.0000000000003');
  });

  it('is changed by administrators alone', async () => {
    pages(ONE, {}, 'viewer');
    await screen.findByRole('table', { name: 'Used month by month' });
    expect(screen.queryByRole('button', { name: 'Decommission' })).toBeNull();
  });
});

describe('an act on a product', () => {
  it('that ends it names the months after it, before and after', async () => {
    const asked: string[] = [];
    pages(ONE, { asked });
    await userEvent.click(await screen.findByRole('button', { name: 'Decommission' }));
    expect(screen.getByText(/Published months after it use it already: March 2026/)).toBeTruthy();
    await expectAccessible(screen.getByRole('dialog'));
    await userEvent.type(screen.getByLabelText('Reason'), 'replaced');
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Decommission' }));
    expect(await screen.findByText(/^Small disk ends on 28 February 2026\. Published months after it/)).toBeTruthy();
    expect(asked).toContain(
      'POST /products/decommission{"domainId":"ONE","productId":"disk/small","on":"2026-02-28","reason":"replaced"}',
    );
    expect(asked.filter(one => one.startsWith('GET /products/history'))).toHaveLength(2);
  });

  it('that moves it into a family to be made asks for its id and its name', async () => {
    const asked: string[] = [];
    pages(ONE, { asked });
    await userEvent.click(await screen.findByRole('button', { name: 'Move to a family' }));
    const dialog = within(screen.getByRole('dialog'));
    const confirm = () => dialog.getByRole<HTMLButtonElement>('button', { name: 'Move to a family' });
    expect(confirm().disabled).toBe(true);
    await userEvent.selectOptions(dialog.getByLabelText('Family'), 'A new family…');
    await userEvent.type(dialog.getByLabelText('Its id'), 'fast');
    await userEvent.type(dialog.getByLabelText('Its name'), 'Fast storage');
    await userEvent.type(dialog.getByLabelText('Reason'), 'split');
    await userEvent.click(confirm());
    expect(await screen.findByText('Small disk is now in the family Storage.')).toBeTruthy();
    expect(asked.find(one => one.startsWith('POST'))).toContain('"familyId":"fast","newFamilyLabel":"Fast storage"');
  });

  it('that would delete what is cited says what cites it, and deactivates instead', async () => {
    const citations = [
      { kind: 'fact', rowCount: 2, firstMonth: '2026-01', lastMonth: '2026-03', text: '2 facts (2026-01 to 2026-03)' },
    ];
    pages(ONE, { history: { product: DISK, citations } });
    await userEvent.click(await screen.findByRole('button', { name: 'Delete' }));
    const dialog = within(screen.getByRole('dialog'));
    expect(dialog.getByText('2 facts (2026-01 to 2026-03)')).toBeTruthy();
    expect(dialog.queryByRole('button', { name: 'Delete' })).toBeNull();
    await expectAccessible(screen.getByRole('dialog'));
    await userEvent.click(dialog.getByRole('button', { name: 'Deactivate it instead' }));
    expect(screen.getByRole('dialog', { name: 'Take Small disk out of service?' })).toBeTruthy();
  });

  it('that deletes what nothing cites leads back to the list', async () => {
    const asked: string[] = [];
    pages(ONE, { asked });
    await userEvent.click(await screen.findByRole('button', { name: 'Delete' }));
    const dialog = within(screen.getByRole('dialog'));
    await userEvent.type(dialog.getByLabelText('Reason'), 'a slip');
    await userEvent.click(dialog.getByRole('button', { name: 'Delete' }));
    expect(await screen.findByText('63 products')).toBeTruthy();
    expect(where()).toBe('/products?domain=ONE');
    expect(asked).toContain('DELETE /products?domain=ONE&product=disk%2Fsmall&reason=a%20slip');
  });
});

describe('what the audit log says', () => {
  const change = (column: string, before: string | null, after: string | null) => ({ column, before, after });
  it.each([
    [[change('is_active', 'true', 'false'), change('held_by', null, 'ada')], ['Taken out of service.']],
    [
      [change('decommissioned_at', '2026-02-28', null), change('is_active', 'false', 'true')],
      ['Put into service.', 'Its end on 28 February 2026 was taken back.'],
    ],
    [[change('product_label', 'Disk', 'Small disk')], ['Renamed from “Disk” to “Small disk”.']],
    [[change('held_by', 'ada', null)], ['Its state was given back to its lists.']],
    [[change('held_by', null, 'ada')], ['Held by ada, as it stood.']],
    [[change('is_inferred', 'true', 'false')], ['Changed.']],
  ])('%j is told in words', (changes, told) => {
    expect(toldOf(act(changes), translator('en', 'en-GB'), 'en-GB')).toEqual(told);
  });
});
