import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router-dom';
import { describe, expect, it } from 'vitest';
import { type Schemas } from '../src';
import { blockersOf, byDomain } from '../src/pages/months/blockers';
import { Months } from '../src/pages/months/Months';
import { MonthView } from '../src/pages/months/MonthView';
import { StatementView } from '../src/pages/months/StatementView';
import { amount } from './shown';
import { expectAccessible, show, type Around } from './rendered';

type Page = Schemas['MonthPage'];
type InList = Schemas['MonthInList'];

const VIEW = { pricingViewId: 'list', pricingViewLabel: 'List', currency: 'EUR', kind: 'internal', isDefault: true };
const HASH = 'ab'.repeat(32);
const CLOSED: Schemas['PeriodAct'] = {
  closeNumber: 1,
  act: 'CLOSE',
  person: 'camille',
  reason: 'Month-end',
  actedAt: '2024-02-03T09:00:00Z',
  factsSha256: HASH,
  pricesSha256: HASH,
  statementSha256: HASH,
  entrySha256: HASH,
};
const blocker = (kind: string, more: Partial<Schemas['Blocker']> = {}): Schemas['Blocker'] => ({
  kind,
  domainId: null,
  subject: null,
  lineCount: null,
  text: `text of ${kind}`,
  remedy: `remedy of ${kind}`,
  ...more,
});
const EARLIER = ['2024-01', '2023-12'].map(subject => blocker('EARLIER_MONTH', { subject }));
const inList = (month: string, more: Partial<InList> = {}): InList => ({
  month,
  status: 'provisional',
  reasons: [],
  closings: 0,
  closedAt: null,
  closedBy: null,
  states: { LOADED: 2 },
  quarantinedCount: 0,
  total: amount('100.5'),
  ...more,
});
const PAGE: Page = {
  month: '2024-02',
  status: 'provisional',
  reasons: [],
  pricingView: VIEW,
  total: amount('12.34'),
  adjustments: { count: 0, amount: amount(null) },
  slices: [
    {
      domainId: 'ONE',
      domainLabel: 'First',
      domainMode: 'DIRECT',
      isEnabled: true,
      state: 'LOADED',
      version: 2,
      isShown: true,
      runId: '01234567-89ab-cdef-0123-456789abcdef',
      rowCount: 7,
      reason: null,
      quarantinedCount: 3,
      changedAt: '2024-03-01T08:00:00Z',
      amount: amount('12.34'),
    },
  ],
  acts: [],
  statementTotals: [],
  canBeClosed: true,
  checklist: [],
  invoices: [],
  reconciliation: [],
  reconciliationTotal: null,
};

interface Served {
  page?: Partial<Page>;
  list?: InList[];
  statement?: Schemas['Statement'];
  asked?: { method: string; path: string; body: string }[];
}

/** An API that answers what it is given, and writes down what it is asked to do. */
function serving({ page = {}, list = [], statement, asked = [] }: Served): typeof fetch {
  return async input => {
    const request = input as Request;
    const { pathname } = new URL(request.url);
    if (request.method === 'POST') {
      asked.push({ method: request.method, path: pathname, body: await request.text() });
      return Response.json({ act: CLOSED, totals: [], adjustmentIds: [4] });
    }
    if (pathname === '/months') return Response.json({ pricingView: VIEW, items: list });
    if (pathname.endsWith('/statement')) return Response.json(statement);
    if (pathname.startsWith('/months/')) return Response.json({ ...PAGE, ...page });
    if (pathname === '/domains') return Response.json({ domains: [{ domainId: 'ONE', domainLabel: 'First' }] });
    return Response.json({ items: [] });
  };
}

function showMonth(served: Served, around: Around = {}) {
  return show(
    <Routes>
      <Route path="/months" element={<Months />} />
      <Route path="/months/:month" element={<MonthView />} />
      <Route path="/months/:month/statement" element={<StatementView />} />
    </Routes>,
    { url: '/months/2024-02', role: 'admin', fetch: serving(served), ...around },
  );
}

describe('what keeps a month open', () => {
  it('tells months before as one thing, first, and the rest as the API does', () => {
    const told = blockersOf([blocker('SLICE', { domainId: 'ONE' }), ...EARLIER]);
    expect(told).toEqual([
      { open: 2, first: '2023-12' },
      { blocker: expect.objectContaining({ kind: 'SLICE' }) as unknown },
    ]);
  });

  it('is grouped by domain, the month itself first', () => {
    const told = blockersOf([blocker('SLICE', { domainId: 'ONE' }), blocker('NO_DEFAULT_VIEW')]);
    expect([...byDomain(told).keys()]).toEqual([null, 'ONE']);
  });
});

describe('the months', () => {
  const list = [
    inList('2024-02', { status: 'incomplete', total: amount('100.5') }),
    inList('2024-01', { status: 'closed', closedBy: 'camille', closedAt: CLOSED.actedAt, total: amount('100') }),
  ];

  it('are listed with what moved since the month before', async () => {
    const { container } = showMonth({ list }, { url: '/months' });
    const row = (await screen.findByRole('link', { name: 'February 2024' })).closest('tr');
    expect(within(row as HTMLElement).getByText('0.50 more than before', { exact: false })).toBeTruthy();
    await expectAccessible(container);
  });

  it('says what to do where none is closed yet', async () => {
    const { container } = showMonth({ list: list.slice(0, 1) }, { url: '/months?show=closed' });
    expect(await screen.findByRole('heading', { name: 'No month is like that.' })).toBeTruthy();
    expect(screen.getByText(/None is closed yet/)).toBeTruthy();
    await expectAccessible(container);
  });

  it('can be limited to the open ones', async () => {
    showMonth({ list }, { url: '/months' });
    await userEvent.click(await screen.findByRole('button', { name: /Open/ }));
    expect(screen.queryByRole('link', { name: 'January 2024' })).toBeNull();
    expect(screen.getByRole('link', { name: 'February 2024' })).toBeTruthy();
  });
});

describe('a month', () => {
  it.each<[string, Partial<Page>, string]>([
    ['closed', { status: 'closed', acts: [CLOSED] }, 'Final'],
    ['nothing in its way', {}, 'Not final yet, and nothing keeps it from being closed'],
    ['blocked', { canBeClosed: false, checklist: [...EARLIER] }, 'Not final: 1 thing keeps it from being closed'],
    ['seen in part', { canBeClosed: null, checklist: null }, 'Not final: the month is not closed'],
    ['under way', { month: '9998-12', canBeClosed: false }, 'Not final: the month is not over'],
  ])('says whether it is final: %s', async (_, page, said) => {
    const { container } = showMonth({ page });
    expect(await screen.findByRole('heading', { name: said })).toBeTruthy();
    await expectAccessible(container);
  });

  it('leads from lines in quarantine to them', async () => {
    showMonth({});
    const link = await screen.findByRole('link', { name: '3 lines wait in quarantine' });
    expect(link.getAttribute('href')).toBe('/quarantine?month=2024-02&domain=ONE');
  });

  it('leads from a domain that was restated to what changed', async () => {
    showMonth({});
    const link = await screen.findByRole('link', { name: 'Version 2: what changed' });
    expect(link.getAttribute('href')).toBe('/months/changes?month=2024-02&domain=ONE');
  });

  it('says beside its invoices which lines are in none of the sums', async () => {
    const line = {
      currency: 'EUR',
      invoice: '10',
      reference: 'INV-1',
      variance: '2',
      unassigned: '0',
      unallocated: '0',
    };
    const sums = { ...line, adjusted: '0', allocated: '8', quarantined: '0' };
    const counts = { unpricedCount: 1, quarantinedCount: 3, unvaluedCount: 3 };
    const [one, total] = ['ONE', null].map(domainId => ({ ...sums, ...counts, domainId }));
    const page = { reconciliation: one ? [one] : [], reconciliationTotal: total ?? null };
    const { container } = showMonth({ page });
    expect(await screen.findAllByText('+ 3 unpriced')).toHaveLength(2);
    expect(screen.getAllByText('+ 1 unpriced')).toHaveLength(2);
    await expectAccessible(container);
  });

  it('shows what kept it open meanwhile, as the API refuses its closing', async () => {
    const refused = { title: 'Refused', detail: 'not ready', status: 409, blockers: ['ONE has 2 new lines'] };
    const around = serving({});
    const fetch: typeof around = async (input, init) =>
      (input as Request).method === 'POST' ? Response.json(refused, { status: 409 }) : around(input, init);
    showMonth({}, { fetch });
    await userEvent.click(await screen.findByRole('button', { name: 'Close the month' }));
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.type(dialog.getByLabelText('Reason'), 'Month-end');
    await userEvent.click(dialog.getByRole('button', { name: 'Close the month' }));
    expect(await dialog.findByText('ONE has 2 new lines')).toBeTruthy();
  });

  it('is closed with a reason, and says so', async () => {
    const asked: Served['asked'] = [];
    showMonth({ asked });
    await userEvent.click(await screen.findByRole('button', { name: 'Close the month' }));
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.type(dialog.getByLabelText('Reason'), 'Month-end');
    await userEvent.click(dialog.getByRole('button', { name: 'Close the month' }));
    expect(await screen.findByText('February 2024 is closed.')).toBeTruthy();
    expect(asked).toEqual([{ method: 'POST', path: '/months/2024-02/close', body: '{"reason":"Month-end"}' }]);
  });

  it('cannot be closed while something is in its way, and the dialog says what', async () => {
    showMonth({ page: { canBeClosed: false, checklist: [blocker('UNPRICED', { domainId: 'ONE' })] } });
    await userEvent.click(await screen.findByRole('button', { name: 'Close the month' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText('text of UNPRICED')).toBeTruthy();
    expect(dialog.queryByRole('button', { name: 'Close the month' })).toBeNull();
  });

  it('is opened again, and tells of late lines booked later', async () => {
    showMonth({ page: { status: 'closed', acts: [CLOSED] } });
    await userEvent.click(await screen.findByRole('button', { name: 'Open it again' }));
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.type(dialog.getByLabelText('Reason'), 'a credit note');
    await userEvent.click(dialog.getByRole('button', { name: 'Open it again' }));
    expect(await screen.findByText(/1 late line of it was booked later/)).toBeTruthy();
  });

  it('offers no act to those who may not act', async () => {
    showMonth({}, { role: 'viewer' });
    await screen.findByRole('heading', { name: 'Domains of the month' });
    expect(screen.queryByRole('button', { name: 'Close the month' })).toBeNull();
  });
});

describe('a statement', () => {
  const statement: Schemas['Statement'] = {
    month: '2024-02',
    closing: CLOSED,
    isStanding: false,
    reasons: [],
    pricingView: VIEW,
    total: { entryCount: 1, roundedCost: '12.34', amount: amount('12.336') },
    items: [
      {
        domainId: 'ONE',
        applicationId: 'shop',
        applicationLabel: 'Shop',
        originalMonth: '2024-01',
        roundedCost: '12.34',
        amount: amount('12.336'),
      },
    ],
    nextCursor: null,
  };

  it('says whether it stands, and what its lines come to', async () => {
    const { container } = showMonth({ statement }, { url: '/months/2024-02/statement' });
    expect(await screen.findByText(/opened again since/)).toBeTruthy();
    expect(screen.getByText(/together they are €12.34/)).toBeTruthy();
    expect(screen.getByText('Jan 2024')).toBeTruthy();
    expect(screen.getAllByText('€12.336')).toHaveLength(2);
    await expectAccessible(container);
  });

  it('that there is none of leads to its month', async () => {
    const none = Response.json({ title: 'Not found', detail: 'never closed', status: 404 }, { status: 404 });
    const around = serving({});
    const fetch: typeof around = async (input, init) =>
      (input as Request).url.includes('/statement') ? none.clone() : around(input, init);
    const { container } = showMonth({}, { url: '/months/2024-02/statement', fetch });
    expect(await screen.findByRole('heading', { name: 'The month has no such statement' })).toBeTruthy();
    expect(screen.getByRole('link', { name: 'To February 2024' }).getAttribute('href')).toBe('/months/2024-02');
    await expectAccessible(container);
  });
});
