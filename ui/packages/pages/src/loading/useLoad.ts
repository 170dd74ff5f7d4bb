import { useCallback, useEffect, useReducer, useRef } from 'react';
import { isAborted } from '../api/client';
import { asProblem, type ProblemError } from '../api/problem';
import { usePages } from '../context';

const KEPT = 50;

export interface Loaded<T> {
  /** The newest answer there is; of what was asked before, while `isFormer`. */
  data: T | null;
  error: ProblemError | null;
  isLoading: boolean;
  /** The data answer what was asked before: show them, dimmed, so that nothing jumps. */
  isFormer: boolean;
  /** The data are right for what is asked, but refreshing them failed. */
  isStale: boolean;
  reload: () => void;
}

interface State<T> {
  key: string | null;
  data: T | null;
  error: ProblemError | null;
  isLoading: boolean;
}

type Event<T> =
  | { kind: 'began'; key: string; known: T | undefined }
  | { kind: 'answered'; key: string; data: T }
  | { kind: 'failed'; error: ProblemError };

/**
 * Loads what `key` names, again when it changes; a change gives up the request before it.
 * A null key asks for nothing. `load` gets the signal to hand on to the client.
 */
export function useLoad<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const { answers } = usePages();
  const [state, dispatch] = useReducer(reduced<T>, { key: null, data: null, error: null, isLoading: key !== null });
  const [attempt, again] = useReducer((count: number) => count + 1, 0);
  const loader = useRef(load);
  loader.current = load;

  useEffect(() => {
    if (key === null) return undefined;
    const aborter = new AbortController();
    dispatch({ kind: 'began', key, known: answers.get(key) as T | undefined });
    loader.current(aborter.signal).then(
      data => {
        if (aborter.signal.aborted) return;
        keep(answers, key, data);
        dispatch({ kind: 'answered', key, data });
      },
      error => {
        if (aborter.signal.aborted || isAborted(error)) return;
        dispatch({ kind: 'failed', error: asProblem(error) });
      },
    );
    return () => aborter.abort();
  }, [key, attempt, answers]);

  const reload = useCallback(() => again(), []);
  const isFormer = state.data !== null && state.key !== key;
  const isStale = state.data !== null && !isFormer && state.error !== null;
  // asked for, and not begun before the next effect
  const isAboutToLoad = key !== null && state.key !== key && state.error === null;
  return {
    data: state.data,
    error: state.error,
    isLoading: state.isLoading || isAboutToLoad,
    isFormer,
    isStale,
    reload,
  };
}

function reduced<T>(state: State<T>, event: Event<T>): State<T> {
  switch (event.kind) {
    case 'began':
      return event.known === undefined
        ? { ...state, error: null, isLoading: true }
        : { key: event.key, data: event.known, error: null, isLoading: true };
    case 'answered':
      return { key: event.key, data: event.data, error: null, isLoading: false };
    case 'failed':
      return { ...state, error: event.error, isLoading: false };
  }
}

function keep(answers: Map<string, unknown>, key: string, data: unknown): void {
  answers.delete(key);
  answers.set(key, data);
  const oldest = answers.keys().next();
  if (answers.size > KEPT && !oldest.done) answers.delete(oldest.value);
}
