import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';

export interface Parameters {
  params: URLSearchParams;
  /** Sets what is named, takes away what is empty or null; while one types, without a step to go back. */
  set: (changes: Record<string, string | null>, more?: { isTyped?: boolean }) => void;
}

/** What of a page's own is in the URL. */
export function useParameters(): Parameters {
  const [params, setParams] = useSearchParams();
  const set = useCallback<Parameters['set']>(
    (changes, { isTyped = false } = {}) =>
      setParams(
        now => {
          const next = new URLSearchParams(now);
          Object.entries(changes).forEach(([name, value]) => (value ? next.set(name, value) : next.delete(name)));
          return next;
        },
        { replace: isTyped },
      ),
    [setParams],
  );
  return { params, set };
}
