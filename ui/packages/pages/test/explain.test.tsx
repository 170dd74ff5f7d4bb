import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { type Schemas } from '../src';
import { Explain } from '../src/pages/Explain';
import { SumCheck } from '../src/pages/lineage/SumCheck';
import { expectAccessible, show } from './rendered';

const AMOUNT = { currency: 'EUR', status: 'provisional', unpricedCount: 0 } as const;
const VIEW = { pricingViewId: 'list', pricingViewLabel: 'List', currency: 'EUR', kind: 'internal', isDefault: true };
const LINES = Array.from({ length: 150 }, (_, place) => ({
  file: 'usage/2026-10.csv',
  line: place + 2,
  quantity: '0.1',
  cost: '0.02',
}));

const LINEAGE: Schemas['Lineage'] = {
  month: '2026-10',
  applicationId: 'pay/ments',
  applicationLabel: 'Payments',
  pricingView: VIEW,
  amount: { ...AMOUNT, amount: '3.3', lineCount: 2 },
  reasons: [],
  closed: null,
  adjustments: [],
  holdings: [
    {
      slice: {
        month: '2026-10',
        domainId: 'ONE',
        domainLabel: 'One',
        domainMode: 'DIRECT',
        version: 2,
        newestVersion: 3,
        runId: '6c3dbf89-e334-485c-96d2-4fcd5833b947',
        publishedAt: '2026-11-02T03:00:00Z',
        files: [{ name: 'usage/2026-10.csv', sha256: 'ab'.repeat(32), bytes: 9, rows: 150 }],
      },
      quantity: '15',
      amount: { ...AMOUNT, amount: '3.3', lineCount: 2 },
      facts: [
        {
          productId: 'disk',
          productLabel: 'Disk',
          familyId: 'storage',
          metric: 'GB',
          quantity: '15',
          price: {
            unitPrice: '0.2',
            productId: 'disk',
            effectiveFrom: '2026-01',
            revision: 4,
            sourceName: 'prices.csv',
            publishedBy: 'ada',
            publishedAt: '2026-01-02T03:00:00Z',
          },
          cost: '3.0',
          lines: LINES.slice(0, 2),
          otherLines: { count: 148, quantity: '14.8', cost: '2.96' },
          share: null,
          decisions: [{ quarantineId: 7, verdict: 'FIX', person: 'grace', reason: 'a typo' }],
          gap: null,
        },
        {
          productId: 'cpu',
          productLabel: 'CPU',
          familyId: 'compute',
          metric: 'h',
          quantity: '3',
          price: null,
          cost: '0.3',
          lines: [],
          otherLines: null,
          share: null,
          decisions: [],
          gap: 'its source lines were not kept',
        },
      ],
    },
  ],
};

function answering(asked: string[]): typeof globalThis.fetch {
  return async input => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    asked.push(`${url.pathname}${url.search}`);
    if (url.pathname === '/lineage') return Response.json(LINEAGE);
    if (url.pathname === '/lineage/lines') {
      const first = Number(url.searchParams.get('cursor') ?? 0);
      return Response.json({
        domainId: 'ONE',
        version: 2,
        count: LINES.length,
        quantity: '15',
        cost: '3',
        items: LINES.slice(first, first + 100),
        nextCursor: first ? null : '100',
      });
    }
    return Response.json({ pricingView: VIEW, items: [] });
  };
}

const URL_OF = '/explain?application=pay%2Fments&month=2026-10&domain=ONE';

describe('an amount is explained', () => {
  it('by price and who set it, run, file, decisions and what is missing', async () => {
    const { container } = show(<Explain />, { url: URL_OF, fetch: answering([]) });
    await userEvent.click(await screen.findByText('Disk'));
    for (const text of [
      /€0.20 from January 2026 on, revision 4/,
      /Published by ada.*from prices.csv/,
      /Version 2.*version 3 is the newest/,
      /Quarantined line 7, by grace: a typo/,
      'its source lines were not kept',
    ]) {
      expect(screen.getByText(text)).toBeDefined();
    }
    expect(screen.getByText('6c3dbf89').title).toBe('6c3dbf89-e334-485c-96d2-4fcd5833b947');
    await expectAccessible(container);
  });

  it('with all its lines, page by page, and they add up once they are all there', async () => {
    const asked: string[] = [];
    show(<Explain />, { url: URL_OF, fetch: answering(asked) });
    await userEvent.click(await screen.findByText('Disk'));
    const sum = 'The 150 parts add up exactly to 15';
    await userEvent.click(screen.getByRole('button', { name: 'Show 100 lines' }));
    expect(await screen.findByText('100 of 150 shown')).toBeDefined();
    expect(screen.queryByText(sum)).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Show 50 lines' }));
    expect(await screen.findByText(sum)).toBeDefined();
    expect(asked.at(-1)).toContain('version=2');
    expect(asked.at(-1)).toContain('product=disk');
  });
});

describe('parts of a sum', () => {
  it('that add up are said to, exactly', () => {
    show(<SumCheck parts={['0.1', '0.2', null]} whole="0.30" currency="EUR" />);
    expect(screen.getByText('The 2 parts add up exactly to €0.30')).toBeDefined();
  });

  it('that do not are an alert that names the difference', () => {
    show(<SumCheck parts={['0.1', '0.2']} whole="0.31" />);
    expect(screen.getByRole('alert').textContent).toContain('0.01 is missing');
  });

  it('say nothing of one part that is the whole', () => {
    const { container } = show(<SumCheck parts={['0.3']} whole="0.30" />);
    expect(container.textContent).toBe('');
  });
});
