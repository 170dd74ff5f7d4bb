import { act, renderHook, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../src';
import { useLoad } from '../src/loading/useLoad';
import { Surroundings } from './rendered';

interface Asked {
  key: string;
  signal: AbortSignal;
  answer: (data: string) => void;
  refuse: (error: unknown) => void;
}

/** The hook over requests that a test answers when it likes. */
function loading(first: string | null) {
  const asked: Asked[] = [];
  const wrapper = ({ children }: { children: React.ReactNode }) => <Surroundings>{<>{children}</>}</Surroundings>;
  const hook = renderHook(
    ({ name }: { name: string | null }) =>
      useLoad<string>(
        name,
        signal => new Promise((answer, refuse) => asked.push({ key: String(name), signal, answer, refuse })),
      ),
    { initialProps: { name: first }, wrapper },
  );
  const settle = (how: () => void) => act(async () => how());
  return { asked, settle, state: () => hook.result.current, ask: (name: string | null) => hook.rerender({ name }) };
}

const NETWORK = new ProblemError({ kind: 'network', status: 0 });

describe('loading', () => {
  it('begins without data, and has them when they come', async () => {
    const { asked, settle, state } = loading('a');
    expect([state().data, state().isLoading]).toEqual([null, true]);
    await settle(() => asked[0]?.answer('A'));
    expect(state()).toMatchObject({ data: 'A', isLoading: false, isFormer: false, error: null });
  });

  it('gives up what is no longer asked for, and shows the former data meanwhile', async () => {
    const { asked, settle, state, ask } = loading('a');
    await settle(() => asked[0]?.answer('A'));
    ask('b');
    expect(state()).toMatchObject({ data: 'A', isFormer: true, isLoading: true });
    ask('c');
    expect(asked.map(({ key, signal }) => [key, signal.aborted])).toEqual([
      ['a', true],
      ['b', true],
      ['c', false],
    ]);
    await settle(() => asked[1]?.answer('B, too late'));
    expect(state().data).toBe('A');
    await settle(() => asked[2]?.answer('C'));
    expect(state()).toMatchObject({ data: 'C', isFormer: false });
  });

  it('shows at once what it knows, asks again, and says when refreshing failed', async () => {
    const { asked, settle, state, ask } = loading('a');
    await settle(() => asked[0]?.answer('A'));
    ask('b');
    await settle(() => asked[1]?.answer('B'));
    ask('a');
    await waitFor(() => expect(state()).toMatchObject({ data: 'A', isFormer: false, isLoading: true }));
    await settle(() => asked[2]?.refuse(NETWORK));
    expect(state()).toMatchObject({ data: 'A', isStale: true, error: NETWORK });
    act(() => state().reload());
    await settle(() => asked[3]?.answer('A2'));
    expect(state()).toMatchObject({ data: 'A2', isStale: false, error: null });
  });

  it('of something else that fails is an error, not stale', async () => {
    const { asked, settle, state, ask } = loading('a');
    await settle(() => asked[0]?.answer('A'));
    ask('b');
    await settle(() => asked[1]?.refuse(NETWORK));
    expect(state()).toMatchObject({ isFormer: true, isStale: false, error: NETWORK });
  });

  it('of nothing asks nothing', () => {
    const { asked, state } = loading(null);
    expect([asked.length, state().isLoading]).toEqual([0, false]);
  });
});
