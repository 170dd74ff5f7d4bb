import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation } from 'react-router-dom';
import { describe, expect, it } from 'vitest';
import { FilterBar } from '../src/components/FilterBar';
import { useFilters } from '../src/filters/useFilters';
import { expectAccessible, show } from './rendered';

const VIEWS = [
  { pricingViewId: 'list', pricingViewLabel: 'List', currency: 'EUR', isDefault: true },
  { pricingViewId: 'yen', pricingViewLabel: 'Yen', currency: 'JPY', isDefault: false },
];
const ALL = Array.from({ length: 2_000 }, (_, index) => ({
  applicationId: `app-${index}`,
  applicationLabel: `Application ${index}`,
}));
const search = async (text: string) => {
  const found = ALL.filter(({ applicationLabel }) => applicationLabel.includes(text));
  return { items: found.slice(0, 20), count: found.length };
};

function Bar() {
  const control = useFilters();
  return (
    <>
      <FilterBar
        control={control}
        shown={{ from: '2026-10', to: '2026-10' }}
        months={['2026-08', '2026-09', '2026-10']}
        views={VIEWS}
        shownView="list"
        searchApplications={search}
      />
      <output>{useLocation().search}</output>
    </>
  );
}
const url = () => document.querySelector('output')?.textContent;

describe('months', () => {
  it('are stepped through from the one shown', async () => {
    show(<Bar />);
    await userEvent.click(screen.getByRole('button', { name: 'Previous month' }));
    expect(url()).toBe('?month=2026-09');
    await userEvent.click(screen.getByRole('button', { name: 'Next month' }));
    expect(url()).toBe('?month=2026-10');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Next month' }).disabled).toBe(true);
  });

  it('become a range, which stays in order', async () => {
    show(<Bar />);
    await userEvent.click(screen.getByRole('button', { name: 'Several months' }));
    expect(url()).toBe('?from=2026-08&to=2026-10');
    await userEvent.selectOptions(screen.getByLabelText('To'), '2026-09');
    await userEvent.selectOptions(screen.getByLabelText('From'), '2026-10');
    expect(url()).toBe('?from=2026-09&to=2026-10');
    await userEvent.click(screen.getByRole('button', { name: 'One month' }));
    expect(url()).toBe('?month=2026-10');
  });

  it('of the URL is shown though it is not among those offered', () => {
    show(<Bar />, { url: '/?month=2019-01' });
    expect(screen.getByLabelText<HTMLSelectElement>('Month').value).toBe('2019-01');
  });
});

it('the default view is not in the URL', async () => {
  show(<Bar />);
  await userEvent.selectOptions(screen.getByLabelText('Prices'), 'yen');
  expect(url()).toBe('?view=yen');
  await userEvent.selectOptions(screen.getByLabelText('Prices'), 'list');
  expect(url()).toBe('');
});

describe('applications', () => {
  it('are found by typing, ticked and shown', async () => {
    const { container } = show(<Bar />, { url: '/?app=app-3' });
    await userEvent.click(screen.getByRole('button', { name: 'Applications app-3' }));
    await userEvent.type(screen.getByRole('searchbox'), '1234');
    await waitFor(() => expect(screen.getAllByRole('checkbox')).toHaveLength(1));
    await expectAccessible(container);
    await userEvent.click(screen.getByRole('checkbox', { name: /Application 1234/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Show' }));
    expect(url()).toBe('?app=app-3&app=app-1234');
    expect(screen.getByRole('button', { name: 'Applications 2 applications' })).toBe(document.activeElement);
  });

  it('are some at a time, and how many more there are is said', async () => {
    show(<Bar />);
    await userEvent.click(screen.getByRole('button', { name: /^Applications/ }));
    await waitFor(() => expect(screen.getByText('1,980 more: go on typing')).toBeTruthy());
    expect(screen.getAllByRole('checkbox')).toHaveLength(20);
  });

  it('stay as they were when the panel is left by Escape', async () => {
    show(<Bar />, { url: '/?app=app-3' });
    await userEvent.click(screen.getByRole('button', { name: /^Applications/ }));
    await waitFor(() => screen.getByRole('checkbox', { name: /Application 3\b/ }));
    await userEvent.click(screen.getByRole('checkbox', { name: /Application 3\b/ }));
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('searchbox')).toBeNull();
    expect(url()).toBe('?app=app-3');
  });
});

it('resets, and is accessible', async () => {
  const { container } = show(<Bar />, { url: '/?month=2026-09&view=yen&app=app-3' });
  await expectAccessible(container);
  await userEvent.click(screen.getByRole('button', { name: 'Reset filters' }));
  expect(url()).toBe('');
});
