import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { ProblemError, answerOf, createClient } from '../src';
import { Loading, LoadedView, NoData, ProblemNotice, type KnownState } from '../src/components/States';
import { type Loaded } from '../src/loading/useLoad';
import { expectAccessible, show } from './rendered';

const STATES: KnownState[] = [
  {
    month: '2026-10',
    domainId: 'OPEN',
    state: 'FAILED',
    text: 'The last attempt failed. Mend what it names, then run the domain again.',
    reason: 'usage-2026-10.csv, line 7, column quantity: not a number',
    quarantinedCount: 2,
  },
];

const loaded = (state: Partial<Loaded<string>>): Loaded<string> => ({
  data: null,
  error: null,
  isLoading: false,
  isFormer: false,
  isStale: false,
  reload: () => undefined,
  ...state,
});
const view = (state: Partial<Loaded<string>>) => (
  <LoadedView loaded={loaded(state)}>{data => <p>{data}</p>}</LoadedView>
);
const NETWORK = new ProblemError({ kind: 'network', status: 0 });

describe('a part of a page', () => {
  it('is grey lines while nothing is known', async () => {
    const { container } = show(view({ isLoading: true }));
    expect(screen.getByRole('status').textContent).toBe('Loading');
    await expectAccessible(container);
  });

  it('keeps the former data while others load', () => {
    const { container } = show(view({ data: 'figures', isFormer: true, isLoading: true }));
    expect(screen.getByText('figures')).toBeTruthy();
    expect(container.querySelector('[data-former]')?.getAttribute('aria-busy')).toBe('true');
  });

  it('shows no figures of another question beside an error', () => {
    show(view({ data: 'figures', isFormer: true, error: NETWORK }));
    expect(screen.queryByText('figures')).toBeNull();
    expect(screen.getByRole('alert').textContent).toContain('The server cannot be reached');
  });

  it('keeps its figures when refreshing them failed, and says so', async () => {
    const reload = vi.fn();
    show(view({ data: 'figures', isStale: true, error: NETWORK, reload }));
    expect(screen.getByText('figures')).toBeTruthy();
    expect(screen.getByText(/may be out of date/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(reload).toHaveBeenCalledOnce();
  });
});

describe('no data', () => {
  it('says of which kind, since what, and what to do', async () => {
    const { container } = show(<NoData months="October 2026" states={STATES} />);
    ['Failed', 'OPEN', 'October 2026', '2 lines wait in quarantine', STATES[0]!.text, STATES[0]!.reason!].forEach(
      text => expect(screen.getByText(text)).toBeTruthy(),
    );
    await expectAccessible(container);
  });

  it('says why nothing is final and what to do, once', () => {
    const why = [
      { kind: 'NOT_BEGUN', text: 'The data begin in 2024-01.', remedy: 'Ask for a later month.' },
      { kind: 'MISSING', text: 'No source has been delivered.', remedy: 'Deliver it.' },
    ];
    show(<NoData months="June 2023" states={[]} reasons={why} />);
    expect(screen.getByText('The data begin in 2024-01.')).toBeTruthy();
    expect(screen.getByText('Ask for a later month.')).toBeTruthy();
    expect(screen.queryByText('Deliver it.')).toBeNull();
  });

  it('that the filters make is told apart', () => {
    show(<NoData months="October 2026" states={[]} isFiltered />);
    expect(screen.getByText(/what the filters leave/)).toBeTruthy();
  });
});

async function refusalOf(response: Response | Error): Promise<ProblemError> {
  const fetch = vi.fn(async () => {
    if (response instanceof Error) throw response;
    return response;
  });
  const asked = answerOf(createClient({ baseUrl: 'http://mart.test', language: 'en', fetch }).GET('/me'));
  return asked.then(
    () => {
      throw new Error('it was answered');
    },
    error => error as ProblemError,
  );
}

const problem = (status: number, more = {}) =>
  new Response(
    JSON.stringify({ type: '/problems/x', title: 'No', status, detail: 'Because.', instance: 'urn:1', ...more }),
    {
      status,
      headers: { 'content-type': 'application/problem+json' },
    },
  );

describe('a problem', () => {
  it.each([
    ['no network', new TypeError('Failed to fetch'), 'network', 'The server cannot be reached'],
    ['401', problem(401), 'unauthorised', 'You are not signed in'],
    ['403', problem(403), 'forbidden', 'This is not open to you'],
    ['409', problem(409, { blockers: ['A fact cites it.'] }), 'refused', 'A fact cites it.'],
    ['502 of a proxy', new Response('<html>', { status: 502 }), 'unexpected', 'not expected (502)'],
  ])('%s is told as what it is', async (_, response, kind, text) => {
    const error = await refusalOf(response);
    expect(error.kind).toBe(kind);
    const { container } = show(<ProblemNotice error={error} />);
    expect(container.textContent).toContain(text);
    await expectAccessible(container);
  });

  it('has no button to try again what stays refused', async () => {
    show(<ProblemNotice error={await refusalOf(problem(403))} onRetry={() => undefined} />);
    expect(screen.queryByRole('button')).toBeNull();
  });
});

it('grey lines are as many as asked for', () => {
  const { container } = show(<Loading lines={7} />);
  expect(container.querySelectorAll('.fa-loading-line')).toHaveLength(7);
});
