import { useEffect, useId, useRef, useState, type FocusEvent, type KeyboardEvent } from 'react';
import { Button } from '@backstage/ui';
import { isAborted } from '../api/client';
import { asProblem, type ProblemError } from '../api/problem';
import { usePages } from '../context';
import { ProblemNotice } from './States';

export interface ApplicationOption {
  applicationId: string;
  applicationLabel: string;
  owner?: string | null;
}

export interface ApplicationsFound {
  items: readonly ApplicationOption[];
  /** How many match, listed or not. */
  count: number;
}

export type ApplicationSearch = (text: string, signal: AbortSignal) => Promise<ApplicationsFound>;

export interface ApplicationSelectProps {
  chosen: readonly string[];
  search: ApplicationSearch;
  onChange: (chosen: string[]) => void;
}

const PAUSE_MS = 150;

/** Chooses any number of applications out of thousands: what is typed is looked up, what is ticked stays. */
export function ApplicationSelect({ chosen, search, onChange }: ApplicationSelectProps) {
  const { t } = usePages();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set(chosen));
  const opener = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);

  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const apply = (ids: Iterable<string>) => {
    onChange([...ids]);
    close();
  };
  const leave = (event: FocusEvent) => {
    if (event.relatedTarget && !box.current?.contains(event.relatedTarget)) setOpen(false);
  };
  useEffect(() => {
    if (!isOpen) return undefined;
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [isOpen]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && isOpen) close();
  };
  return (
    <div className="fa-filter fa-applications" ref={box} onKeyDown={onKeyDown} onBlur={leave}>
      <span id={`${id}-label`}>{t('filters.applications')}</span>
      <button
        ref={opener}
        type="button"
        id={id}
        className="fa-input fa-opener"
        aria-labelledby={`${id}-label ${id}`}
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}-panel` : undefined}
        onClick={() => {
          setTicked(new Set(chosen));
          setOpen(!isOpen);
        }}
      >
        {said(chosen, t('filters.applications.all'), t('filters.applications.some', { count: chosen.length }))}
      </button>
      {isOpen && (
        <div className="fa-panel" id={`${id}-panel`} role="group" aria-labelledby={`${id}-label`}>
          <Choices
            chosen={chosen}
            ticked={ticked}
            search={search}
            onTick={name => setTicked(toggled(ticked, name))}
            onEnter={() => apply(ticked)}
          />
          <div className="fa-panel-foot">
            <Button size="small" variant="tertiary" onPress={() => apply([])}>
              {t('filters.applications.clear')}
            </Button>
            <Button size="small" variant="primary" onPress={() => apply(ticked)}>
              {t('filters.applications.apply')}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}

interface ChoicesProps {
  chosen: readonly string[];
  ticked: ReadonlySet<string>;
  search: ApplicationSearch;
  onTick: (id: string) => void;
  onEnter: () => void;
}

function Choices({ chosen, ticked, search, onTick, onEnter }: ChoicesProps) {
  const { t } = usePages();
  const [text, setText] = useState('');
  const [found, setFound] = useState<ApplicationsFound | null>(null);
  const [error, setError] = useState<ProblemError | null>(null);

  useEffect(() => {
    const aborter = new AbortController();
    const look = () =>
      search(text.trim(), aborter.signal).then(
        answer => {
          if (aborter.signal.aborted) return;
          setFound(answer);
          setError(null);
        },
        thrown => !aborter.signal.aborted && !isAborted(thrown) && setError(asProblem(thrown)),
      );
    const timer = setTimeout(() => void look(), text ? PAUSE_MS : 0);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [text, search]);

  const listed = new Set(found?.items.map(({ applicationId }) => applicationId));
  // what is in force is always there to be taken away
  const others = text ? [] : chosen.filter(name => !listed.has(name));
  const options = [...others.map(name => ({ applicationId: name, applicationLabel: name })), ...(found?.items ?? [])];
  const more = found ? found.count - found.items.length : 0;
  return (
    <>
      <input
        className="fa-input"
        type="search"
        aria-label={t('filters.applications.search')}
        placeholder={t('filters.applications.search')}
        autoFocus
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => event.key === 'Enter' && onEnter()}
      />
      {error && <ProblemNotice error={error} />}
      <ul className="fa-choices">
        {options.map(option => (
          <li key={option.applicationId}>
            <label className="fa-choice">
              <input
                type="checkbox"
                checked={ticked.has(option.applicationId)}
                onChange={() => onTick(option.applicationId)}
              />
              <span>{option.applicationLabel}</span>{' '}
              {option.applicationLabel !== option.applicationId && (
                <span className="fa-quiet fa-small">{option.applicationId}</span>
              )}
            </label>
          </li>
        ))}
      </ul>
      <p className="fa-small fa-quiet fa-panel-note" role="status">
        {found && options.length === 0 && t('filters.applications.none')}
        {more > 0 && t('filters.applications.more', { count: more })}
      </p>
    </>
  );
}

function toggled(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(names);
  if (!next.delete(name)) next.add(name);
  return next;
}

function said(chosen: readonly string[], all: string, some: string): string {
  const [only] = chosen;
  if (only === undefined) return all;
  return chosen.length === 1 ? only : some;
}
