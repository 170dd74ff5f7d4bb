import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Amount, ChangeFigure } from '../src/components/Amount';
import { SliceBadge, StatusBadge, UnpricedBadge } from '../src/components/Badges';
import { expectAccessible, show } from './rendered';
import { amount } from './shown';

describe('an amount', () => {
  it('is rounded to be read, and exact to be copied and on hover', () => {
    show(<Amount amount={amount('1234.567890123456')} />);
    const shown = screen.getByText('€1,234.57');
    expect(shown.getAttribute('value')).toBe('1234.567890123456');
    expect(shown.title).toBe('Exactly €1,234.567890123456');
  });

  it('that is null is not zero', () => {
    const { container } = show(<Amount amount={amount(null)} />);
    expect(container.textContent).toBe('—No amount');
    expect(container.querySelector('data')).toBeNull();
  });

  it('says how many lines have no price', () => {
    show(<Amount amount={amount('1', { unpricedCount: 2 })} />);
    expect(screen.getByText('2 lines without a price')).toBeTruthy();
  });
});

describe('a change', () => {
  const change = (delta: string | null, percent: string | null) => ({ previous: amount('100'), delta, percent });

  it.each([
    ['12.5', '12.5', 'up', '€12.50 more than before', '+€12.50', '+12.5%'],
    ['-12.5', '-12.5', 'down', '€12.50 less than before', '-€12.50', '-12.5%'],
    ['0.00', '0', 'same', 'Unchanged', '€0.00', '0%'],
  ])('of %s is said, not only coloured', (delta, percent, direction, said, shown, percentage) => {
    const { container } = show(<ChangeFigure change={change(delta, percent)} />);
    expect(container.querySelector('.fa-change')?.getAttribute('data-direction')).toBe(direction);
    [said, shown, percentage].forEach(text => expect(screen.getByText(text)).toBeTruthy());
  });

  it('without a before is no zero', () => {
    const { container } = show(<ChangeFigure change={null} />);
    expect(container.textContent).toContain('Nothing to compare with');
    expect(container.textContent).not.toContain('0');
  });
});

it('badges say it in words, and nothing where all is priced', async () => {
  const { container } = show(
    <>
      <StatusBadge status="closed" />
      <StatusBadge status="incomplete" />
      <SliceBadge state="EMPTY_CONFIRMED" />
      <UnpricedBadge count={0} />
      <UnpricedBadge count={1} />
    </>,
    { language: 'fr' },
  );
  expect([...container.querySelectorAll('.fa-badge')].map(badge => badge.textContent)).toEqual([
    'Clôturé',
    'Incomplet',
    'Vide confirmé',
    '1 ligne sans prix',
  ]);
  await expectAccessible(container);
});
