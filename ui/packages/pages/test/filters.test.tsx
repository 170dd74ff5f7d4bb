import { act, renderHook } from '@testing-library/react';
import { MemoryRouter, useLocation, useNavigate } from 'react-router-dom';
import { describe, expect, it } from 'vitest';
import { askedOf, filtersOf, useFilters } from '../src/filters/useFilters';

const read = (query: string) => filtersOf(new URLSearchParams(query));

describe('filters of a URL', () => {
  it('are a month or a range, a view, and applications once each', () => {
    expect(read('month=2026-10&view=list&app=a&app=b&app=a')).toEqual({
      month: '2026-10',
      from: null,
      to: null,
      pricingView: 'list',
      applications: ['a', 'b'],
    });
    expect(askedOf(read('from=2026-01&to=2026-03&app=a'))).toEqual({
      from: '2026-01',
      to: '2026-03',
      application: ['a'],
    });
  });

  it.each(['month=2026-13', 'from=2026-03&to=2026-01', 'from=2026-01', 'view=', 'app='])(
    '%s asks for nothing',
    query => {
      expect(askedOf(read(query))).toEqual({});
    },
  );
});

function around(url: string) {
  const wrapper = ({ children }: { children: React.ReactNode }) => (
    <MemoryRouter initialEntries={[url]}>{children}</MemoryRouter>
  );
  return renderHook(() => ({ ...useFilters(), at: useLocation().search, go: useNavigate() }), { wrapper });
}

describe('changing filters', () => {
  it('writes the URL, leaves what is not a filter, and is undone by going back', () => {
    const { result } = around('/?month=2026-10&tab=families');
    act(() => result.current.change({ month: null, from: '2026-01', to: '2026-03', applications: ['a', 'b c'] }));
    expect(result.current.at).toBe('?tab=families&from=2026-01&to=2026-03&app=a&app=b+c');
    expect(result.current.search).toBe('?from=2026-01&to=2026-03&app=a&app=b+c');
    act(() => result.current.go(-1));
    expect(result.current.filters.month).toBe('2026-10');
  });

  it('resets filters and nothing else', () => {
    const { result } = around('/?month=2026-10&view=list&tab=families');
    act(() => result.current.reset());
    expect(result.current.at).toBe('?tab=families');
  });
});
