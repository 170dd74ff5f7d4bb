import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { type Schemas } from '../src';
import { Quarantine } from '../src/pages/quarantine/Quarantine';
import { QuarantineSection } from '../src/pages/quarantine/QuarantineSection';
import { expectAccessible, press, show, where, Where } from './rendered';

type Line = Schemas['QuarantinedLine'];

const LINE: Line = {
  quarantineId: 1,
  month: '2026-02',
  domainId: 'ONE',
  fileName: 'one/2026-02.csv',
  lineNumber: 8,
  columnName: 'quantity',
  foundValue: '-3.5',
  reason: 'negative, and no credit explains it',
  sourceLine: { file: 'one/2026-02.csv', line: '8', quantity: '-3.5', product_id: 'disk', charge_class: null },
  isLanded: false,
  state: 'waiting',
  text: 'Waits for a decision.',
  verdict: null,
  correction: null,
  decidedBy: null,
  decidedAt: null,
  decisionReason: null,
};
const OTHER: Line = { ...LINE, quarantineId: 2, lineNumber: 9, foundValue: null };
const DECIDED: Line = {
  ...LINE,
  state: 'decided',
  text: 'Accepted; waits for a run.',
  verdict: 'ACCEPT',
  decidedBy: 'ada',
  decidedAt: '2026-03-05T12:00:00Z',
  decisionReason: 'a credit',
};
const COUNTS = { waiting: 52, decided: 1, replayed: 0, rejected: 2, superseded: 0 };

interface Served {
  items?: Line[];
  counts?: Schemas['Quarantine']['counts'];
  decided?: Line[];
  refused?: Schemas['Problem'];
  asked?: string[];
}

function serving(served: Served): typeof globalThis.fetch {
  const { items = [LINE, OTHER], counts = COUNTS, decided = [DECIDED], refused, asked = [] } = served;
  return async input => {
    const request = input as Request;
    const url = new URL(request.url);
    const body = request.method === 'GET' ? '' : await request.text();
    asked.push(`${request.method} ${url.pathname}${url.search}${body}`);
    if (request.method === 'POST' && refused) return Response.json(refused, { status: refused.status });
    if (request.method === 'POST') return Response.json({ items: decided });
    if (url.pathname === '/quarantine') return Response.json({ items, counts, nextCursor: 'second' });
    if (url.pathname === '/domains') return Response.json({ domains: [{ domainId: 'ONE', domainLabel: 'One' }] });
    if (url.pathname === '/months') return Response.json({ items: [{ month: '2026-02' }, { month: '2026-01' }] });
    return Response.json({ items: [] });
  };
}

const tick = (name: string) => userEvent.click(screen.getByRole('checkbox', { name }));

function page(url = '/quarantine', served: Served = {}, role: 'admin' | 'viewer' = 'admin') {
  return show(
    <>
      <Quarantine />
      <Where />
    </>,
    { url, role, fetch: serving(served) },
  );
}

describe('the quarantine', () => {
  it('asks for what waits for a decision, and for another stage from its first page', async () => {
    const asked: string[] = [];
    const { container } = page('/quarantine?month=2026-02', { asked });
    await userEvent.click(await screen.findByRole('button', { name: 'Next page' }));
    expect(asked.at(-1)).toBe('GET /quarantine?month=2026-02&state=waiting&limit=50&cursor=second');
    await press('Left out 2');
    expect(where()).toBe('/quarantine?month=2026-02&stage=rejected');
    expect(asked.at(-1)).toBe('GET /quarantine?month=2026-02&state=rejected&limit=50');
    await press('All 55');
    expect(asked.at(-1)).toBe('GET /quarantine?month=2026-02&limit=50');
    await expectAccessible(container);
  });

  it('filters by month and by domain, in the address', async () => {
    page();
    await screen.findByText('52 lines');
    await userEvent.selectOptions(screen.getByLabelText('Month'), 'January 2026');
    await userEvent.selectOptions(screen.getByLabelText('Domain'), 'One');
    expect(where()).toBe('/quarantine?month=2026-01&domain=ONE');
    expect(screen.getByRole('link', { name: 'Month: January 2026' }).getAttribute('href')).toBe('/months/2026-01');
  });

  it('says where each line is, what is wrong with it, and what became of it', async () => {
    page('/quarantine?stage=all', { items: [OTHER, DECIDED] });
    const [, waiting, decided] = await screen.findAllByRole('row');
    expect(waiting?.textContent).toContain('line 9');
    expect(waiting?.textContent).toContain('quantity nothing');
    expect(decided?.textContent).toMatch(/Waits for a run.*Accepted by ada, 5 Mar 2026.*a credit/);
  });

  it.each([
    [{ waiting: 0, decided: 0, replayed: 0, rejected: 0, superseded: 0 }, '', 'No line was ever set aside'],
    [COUNTS, '?stage=replayed', 'No line is at this stage'],
    [{ ...COUNTS, waiting: 0 }, '', 'No line waits for a decision'],
    [
      { waiting: 0, decided: 0, replayed: 0, rejected: 0, superseded: 0 },
      '?month=2026-02',
      'No line of this month or domain was ever set aside',
    ],
  ])('that is empty says of which kind: %j %s', async (counts, search, said) => {
    page(`/quarantine${search}`, { items: [], counts });
    expect(await screen.findByRole('heading', { name: said })).toBeTruthy();
  });

  it('is decided on by administrators alone', async () => {
    page('/quarantine', {}, 'viewer');
    await userEvent.click((await screen.findAllByRole('button', { name: /2026-02\.csv/ }))[0] as HTMLElement);
    expect(screen.queryByRole('checkbox')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Accept' })).toBeNull();
  });
});

describe('a decision', () => {
  it('on lines selected over several pages is one, with the reason, and tells what happens next', async () => {
    const asked: string[] = [];
    page('/quarantine', { asked, decided: [DECIDED, { ...DECIDED, quarantineId: 2 }] });
    await screen.findByText('52 lines');
    await tick('Select line 8 of one/2026-02.csv');
    await press('Next page');
    await tick('Select line 9 of one/2026-02.csv');
    expect(screen.getByText(/2 lines selected/)).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Correct' }).disabled).toBe(true);
    await press('Accept');
    const dialog = within(screen.getByRole('dialog', { name: 'Accept 2 lines as they are?' }));
    await expectAccessible(screen.getByRole('dialog'));
    await userEvent.type(dialog.getByLabelText('Reason'), 'a credit');
    await userEvent.click(dialog.getByRole('button', { name: 'Accept' }));
    expect(
      await screen.findByText('2 lines accepted. The next run of February 2026 does it: until then they wait.'),
    ).toBeTruthy();
    expect(asked).toContain('POST /quarantine/decisions{"ids":[1,2],"verdict":"ACCEPT","reason":"a credit"}');
    expect(screen.getByText('Select lines to decide on them.')).toBeTruthy();
  });

  it('that rejects what no run has taken in holds at once', async () => {
    page('/quarantine', { decided: [{ ...DECIDED, state: 'rejected', verdict: 'REJECT' }] });
    await screen.findByText('52 lines');
    await tick('Select line 8 of one/2026-02.csv');
    await press('Reject');
    const dialog = within(screen.getByRole('dialog'));
    await userEvent.type(dialog.getByLabelText('Reason'), 'twice');
    await userEvent.click(dialog.getByRole('button', { name: 'Reject' }));
    expect(await screen.findByText('1 line rejected. That holds from now on, and needs no run.')).toBeTruthy();
  });

  it('that corrects sends what differs, and needs something to', async () => {
    const asked: string[] = [];
    page('/quarantine', { asked, decided: [{ ...DECIDED, verdict: 'FIX' }] });
    await userEvent.click((await screen.findAllByRole('button', { name: /2026-02\.csv, line 8/ }))[0] as HTMLElement);
    await expectAccessible(screen.getByRole('dialog'));
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Correct' }));
    const dialog = within(screen.getByRole('dialog', { name: 'Correct line 8 of one/2026-02.csv' }));
    const confirm = () => dialog.getByRole<HTMLButtonElement>('button', { name: 'Correct' });
    expect(confirm().disabled).toBe(true);
    expect(dialog.getAllByRole('textbox')[0]).toBe(dialog.getByLabelText('quantity'));
    await userEvent.clear(dialog.getByLabelText('quantity'));
    await userEvent.type(dialog.getByLabelText('quantity'), '3.5');
    expect(dialog.getByText('delivered: -3.5')).toBeTruthy();
    await userEvent.type(dialog.getByLabelText('Reason'), 'a sign');
    await userEvent.click(confirm());
    expect(await screen.findByText(/^1 line corrected\./)).toBeTruthy();
    expect(asked.find(one => one.startsWith('POST'))).toContain('"verdict":"FIX","correction":{"quantity":"3.5"}');
  });

  it('that is refused says why, and stays open', async () => {
    const refused = {
      type: 'about:blank',
      title: 'Refused',
      status: 409,
      detail: 'month 2026-02 is closed',
      code: 'closed',
    };
    page('/quarantine', { refused: refused as unknown as Schemas['Problem'] });
    await screen.findByText('52 lines');
    await tick('Select every line of this page');
    await press('Accept');
    const dialog = within(screen.getByRole('dialog'));
    await userEvent.type(dialog.getByLabelText('Reason'), 'late');
    await userEvent.click(dialog.getByRole('button', { name: 'Accept' }));
    expect(await dialog.findByText('month 2026-02 is closed')).toBeTruthy();
  });
});

describe('the quarantine of a month, on its page', () => {
  const section = (served: Served) =>
    show(<QuarantineSection month="2026-02" onDone={() => undefined} />, { role: 'admin', fetch: serving(served) });

  it('shows the first lines that wait, and leads to the others and to every stage', async () => {
    const asked: string[] = [];
    section({ asked });
    expect(await screen.findByText(/^2 of 52 shown/)).toBeTruthy();
    expect(asked).toContain('GET /quarantine?month=2026-02&state=waiting&limit=10');
    const ways = screen.getAllByRole('link').map(link => link.getAttribute('href'));
    expect(ways).toEqual(['/quarantine?month=2026-02&stage=all', '/quarantine?month=2026-02']);
  });

  it('says when nothing waits any more, and nothing where nothing ever did', async () => {
    section({ items: [], counts: { ...COUNTS, waiting: 0 } });
    expect(await screen.findByText('No line of this month waits for a decision.')).toBeTruthy();
    const { container } = section({
      items: [],
      counts: { waiting: 0, decided: 0, replayed: 0, rejected: 0, superseded: 0 },
    });
    await vi.waitFor(() => expect(container.querySelector('.fa-card')).toBeNull());
  });
});
