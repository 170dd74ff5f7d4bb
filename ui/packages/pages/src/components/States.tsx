import { Button } from '@backstage/ui';
import { type ReactNode } from 'react';
import type { ProblemError } from '../api/problem';
import type { Translate } from '../i18n/translate';
import { usePages } from '../context';
import type { Loaded } from '../loading/useLoad';
import { longMonth } from '../format/months';
import { SliceBadge, type SliceStateValue } from './Badges';

/** Why a domain has no data in a month; the API's own words. */
export interface KnownState {
  month: string;
  domainId: string;
  state: SliceStateValue;
  text: string;
  reason: string | null;
  quarantinedCount: number;
}

/** Why an amount is not final, and what to do; the API's own words. */
export interface KnownReason {
  kind: string;
  text: string;
  remedy: string;
}

/** Reasons that no state of a domain tells already, and no badge. */
export function untold(reasons: readonly KnownReason[]): KnownReason[] {
  return reasons.filter(({ kind }) => !['MISSING', 'FAILED', 'OUTDATED', 'NOT_CLOSED'].includes(kind));
}

export interface ReasonListProps {
  reasons: readonly KnownReason[];
  /** Those too that states or a badge would tell, where there are none. */
  isWhole?: boolean;
}

/** Why amounts are not final, each with what to do. */
export function ReasonList({ reasons, isWhole = false }: ReasonListProps) {
  const shown = isWhole ? reasons : untold(reasons);
  if (shown.length === 0) return null;
  return (
    <ul className="fa-states">
      {shown.map(({ kind, text, remedy }) => (
        <li key={kind} className="fa-state">
          <strong>{text}</strong>
          <span className="fa-state-text">{remedy}</span>
        </li>
      ))}
    </ul>
  );
}

export interface LoadingProps {
  /** About as many lines as what will stand there. */
  lines?: number;
}

/** What stands where data will: grey lines of about their size. */
export function Loading({ lines = 4 }: LoadingProps) {
  const { t } = usePages();
  return (
    <div className="fa-loading" role="status">
      <span className="fa-hidden">{t('state.loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} aria-hidden="true" className="fa-loading-line" />
      ))}
    </div>
  );
}

export interface NoDataProps {
  /** The months asked for, in words. */
  months: string;
  states: readonly KnownState[];
  reasons?: readonly KnownReason[];
  isFiltered?: boolean;
  action?: ReactNode;
}

/** Nothing to show: of which kind, and what to do about it. */
export function NoData({ months, states, reasons = [], isFiltered = false, action }: NoDataProps) {
  const { t } = usePages();
  return (
    <section className="fa-notice" data-tone="neutral">
      <h2 className="fa-notice-title">{t('state.noData.title')}</h2>
      {states.length === 0 && <p>{t(isFiltered ? 'state.noData.filtered' : 'state.noData.text', { months })}</p>}
      <ReasonList reasons={reasons} />
      <StateList states={states} />
      {action}
    </section>
  );
}

export interface StateListProps {
  states: readonly KnownState[];
  /** What domains are called; their id where it is not known. */
  labels?: ReadonlyMap<string, string>;
}

/** Domains and months without data, each with what to do. */
export function StateList({ states, labels }: StateListProps) {
  const { t, locale } = usePages();
  if (states.length === 0) return null;
  return (
    <ul className="fa-states">
      {states.map(known => (
        <li key={`${known.domainId} ${known.month}`} className="fa-state">
          <span className="fa-state-head">
            <SliceBadge state={known.state} />
            <strong>{labels?.get(known.domainId) ?? known.domainId}</strong>
            <span className="fa-quiet">{longMonth(known.month, locale)}</span>
          </span>
          <span className="fa-state-text">{known.text}</span>
          {known.quarantinedCount > 0 && <span>{t('state.quarantined', { count: known.quarantinedCount })}</span>}
          {known.reason && (
            <details>
              <summary>{t('state.reason')}</summary>
              <pre className="fa-reason">{known.reason}</pre>
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}

export interface ProblemNoticeProps {
  error: ProblemError;
  /** What failed; by default that something could not be loaded. */
  title?: string;
  onRetry?: () => void;
}

/** What went wrong, in the API's words, and what to do. Not signed in and not allowed are said as such. */
export function ProblemNotice({ error, title, onRetry }: ProblemNoticeProps) {
  const { t } = usePages();
  const { problem } = error;
  const canRetry = onRetry && error.kind !== 'unauthorised' && error.kind !== 'forbidden';
  return (
    <section className="fa-notice" data-tone="negative" role="alert">
      <h2 className="fa-notice-title">{titleOf(error, title ?? t('error.title'), t)}</h2>
      <p>{textOf(error, t)}</p>
      {problem && problem.blockers && problem.blockers.length > 0 && (
        <ul>
          {problem.blockers.map(blocker => (
            <li key={blocker}>{blocker}</li>
          ))}
        </ul>
      )}
      {problem?.instance && <p className="fa-quiet fa-small">{t('error.instance', { instance: problem.instance })}</p>}
      {canRetry && (
        <p className="fa-no-print">
          <Button variant="secondary" onPress={onRetry}>
            {t('error.retry')}
          </Button>
        </p>
      )}
    </section>
  );
}

function titleOf(error: ProblemError, title: string, t: Translate): string {
  if (error.kind === 'unauthorised') return t('error.unauthorised.title');
  if (error.kind === 'forbidden') return t('error.forbidden.title');
  return title;
}

function textOf(error: ProblemError, t: Translate): string {
  if (error.problem) return error.problem.detail;
  if (error.kind === 'network') return t('error.network');
  if (error.kind === 'unauthorised') return t('error.unauthorised.text');
  if (error.kind === 'forbidden') return t('error.forbidden.text');
  return t('error.unexpected', { status: error.status });
}

export interface StaleNoticeProps {
  onRetry: () => void;
}

/** The figures below are those of before, and could not be refreshed. */
export function StaleNotice({ onRetry }: StaleNoticeProps) {
  const { t } = usePages();
  return (
    <div className="fa-banner" data-tone="warning" role="status">
      <span>{t('state.stale')}</span>
      <Button size="small" variant="secondary" onPress={onRetry}>
        {t('error.retry')}
      </Button>
    </div>
  );
}

export interface LoadedViewProps<T> {
  loaded: Loaded<T>;
  lines?: number;
  children: (data: T) => ReactNode;
}

/** A part of a page by how its loading stands: grey lines, the problem, or the data, the former ones dimmed. */
export function LoadedView<T>({ loaded, lines, children }: LoadedViewProps<T>) {
  const { t } = usePages();
  const { data, error, isFormer, isLoading, isStale, reload } = loaded;
  if (error && (data === null || isFormer)) return <ProblemNotice error={error} onRetry={reload} />;
  if (data === null) return <Loading {...(lines === undefined ? {} : { lines })} />;
  return (
    <div className="fa-loaded" data-former={isFormer || undefined} aria-busy={isLoading}>
      <span role="status" className="fa-hidden">
        {isLoading ? t('state.refreshing') : ''}
      </span>
      {isStale && <StaleNotice onRetry={reload} />}
      {children(data)}
    </div>
  );
}
