import { fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { RankBars } from '../src/components/charts/RankBars';
import { scaleOf } from '../src/components/charts/scale';
import { StackedBars, type Series } from '../src/components/charts/StackedBars';
import { TrendChart } from '../src/components/charts/TrendChart';
import { amounts } from '../src/format/numbers';
import { expectAccessible, show } from './rendered';
import { amount } from './shown';

const MONTHS = ['2026-08', '2026-09', '2026-10'];
const SERIES: Series[] = [
  { id: 'cloud', label: 'Cloud', values: ['100.000000000001', null, '50'] },
  { id: 'open', label: 'Open', values: ['10', null, '-5'] },
];

describe('the scale', () => {
  it.each([
    [
      [0, 97],
      ['0', '25', '50', '75', '100'],
    ],
    [
      [-5, 50],
      ['-20', '0', '20', '40', '60'],
    ],
    [[], ['0', '0.25']],
    [[0.0003], ['0', '0.0001', '0.0002', '0.0003']],
  ])('of %j has round ticks, zero among them', (values, ticks) => {
    const scale = scaleOf(values);
    expect(scale.ticks).toEqual(ticks);
    values.forEach(value => expect([scale.at(value) >= 0, scale.at(value) <= 1]).toEqual([true, true]));
  });
});

describe('stacked bars', () => {
  it('stack what is above zero, hang credits below it, and leave a month without data empty', () => {
    const { container } = show(<StackedBars label="By domain" months={MONTHS} series={SERIES} currency="EUR" />);
    const columns = [...container.querySelectorAll('.fa-bars')].map(column => [...column.querySelectorAll('rect')]);
    expect(columns.map(column => column.length)).toEqual([2, 0, 2]);
    const edge = (rect: Element, side: 'y' | 'end') =>
      Number(rect.getAttribute('y')) + (side === 'end' ? Number(rect.getAttribute('height')) : 0);
    const [cloud, open] = columns[0] as Element[] as [Element, Element];
    expect(edge(open, 'end')).toBeCloseTo(edge(cloud, 'y'));
    const [positive, credit] = columns[2] as Element[] as [Element, Element];
    expect(edge(credit, 'y')).toBeCloseTo(edge(positive, 'end'));
    expect(container.querySelectorAll('rect[fill^="url("]')).toHaveLength(1);
  });

  it('are a table too, exact, in which no data is no zero', () => {
    show(<StackedBars label="By domain" months={MONTHS} series={SERIES} currency="EUR" />);
    const rows = within(screen.getByRole('table', { hidden: true })).getAllByRole('row', { hidden: true });
    expect(rows.map(row => row.textContent)).toEqual([
      'MonthCloudOpenTotal',
      'August 2026€100.00€10.00€110.00',
      'September 2026———',
      'October 2026€50.00-€5.00€45.00',
    ]);
    expect(rows[1]?.querySelectorAll('data')[2]?.getAttribute('value')).toBe('110.000000000001');
  });

  it('are gone through by arrow keys from one tab stop, and a month can be chosen', async () => {
    const chosen = vi.fn();
    show(<StackedBars label="By domain" months={MONTHS} series={SERIES} currency="EUR" onSelect={chosen} />);
    const buttons = screen.getAllByRole('button');
    expect(buttons.map(button => button.tabIndex)).toEqual([-1, -1, 0]);
    await userEvent.tab();
    expect(document.activeElement?.getAttribute('aria-label')).toBe('October 2026: €45.00');
    await userEvent.keyboard('{ArrowLeft}');
    expect(document.activeElement?.getAttribute('aria-label')).toBe('September 2026: No data');
    await userEvent.keyboard('{Home}{Enter}');
    expect(chosen).toHaveBeenCalledWith('2026-08');
  });

  it('add up exactly what is beyond the colours', () => {
    const many = Array.from({ length: 12 }, (_, index) => ({
      id: `d${index}`,
      label: `Domain ${index}`,
      values: ['0.1', null, '1'],
    }));
    const { container } = show(<StackedBars label="By domain" months={MONTHS} series={many} currency="EUR" />);
    expect(container.querySelectorAll('.fa-bars')[0]?.querySelectorAll('rect')).toHaveLength(8);
    fireEvent.mouseEnter(screen.getAllByRole('button')[0]!);
    expect(container.querySelector('.fa-plot-detail')?.textContent).toContain('Others (5)€0.50Total€1.20');
  });

  it('are accessible', async () => {
    const { container } = show(<StackedBars label="By domain" months={MONTHS} series={SERIES} currency="EUR" />);
    await expectAccessible(container);
  });
});

describe('a trend', () => {
  it('breaks where there are no data', () => {
    const values = ['1', '2', null, '4', '5'];
    const months = ['2026-06', '2026-07', ...MONTHS];
    const { container } = show(
      <TrendChart label="Trend" months={months} values={values} measure={amounts('EUR', 'en-GB')} />,
    );
    expect([container.querySelectorAll('.fa-line').length, container.querySelectorAll('.fa-point').length]).toEqual([
      2, 4,
    ]);
  });

  it('of bars tells more of a month', async () => {
    const { container } = show(
      <TrendChart
        label="Trend"
        months={MONTHS}
        values={['1', null, '3']}
        measure={amounts('EUR', 'en-GB')}
        kind="bars"
        note={index => (index === 2 ? 'Closed' : null)}
      />,
    );
    expect(screen.getByRole('button', { name: 'October 2026: €3.00, Closed' })).toBeTruthy();
    expect(container.querySelectorAll('.fa-bars')).toHaveLength(2);
    await expectAccessible(container);
  });
});

it('ranking bars are as long as their amounts, and a remainder has none', async () => {
  const { container } = show(
    <RankBars
      label="Applications"
      items={[
        { id: 'a', label: 'Alpha', amount: amount('200') },
        { id: 'b', label: 'Beta', amount: amount('-50'), note: 'team' },
        { id: 'c', label: 'Gamma', amount: amount(null) },
      ]}
      remainder={{ label: '7 others', amount: amount('1000') }}
    />,
  );
  const bars = [...container.querySelectorAll<HTMLElement>('.fa-rank-bar')];
  expect(bars.map(bar => [bar.style.width, bar.dataset.negative])).toEqual([
    ['100%', undefined],
    ['25%', 'true'],
    ['0%', undefined],
  ]);
  await expectAccessible(container);
});
