import { useLocation, useNavigate } from 'react-router-dom';

export interface Cursors {
  /** The cursor of the page that is shown; nothing on the first one. */
  cursor: string | undefined;
  /** How many pages come before it. */
  before: number;
  onPrevious: (() => void) | null;
  /** The step to the page that an answer names, if it names one. */
  onNext: (next: string | null) => (() => void) | null;
}

/** The pages gone through, kept with the step of the history: a change of filters begins at the first one again. */
export function useCursors(): Cursors {
  const { pathname, search, state } = useLocation();
  const navigate = useNavigate();
  const kept: unknown = (state as { cursors?: unknown } | null)?.cursors;
  const cursors = Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string') : [];
  const go = (next: string[]) => navigate(`${pathname}${search}`, { state: { cursors: next } });
  return {
    cursor: cursors.at(-1),
    before: cursors.length,
    onPrevious: cursors.length ? () => go(cursors.slice(0, -1)) : null,
    onNext: next => (next ? () => go([...cursors, next]) : null),
  };
}
