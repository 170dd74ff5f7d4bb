import { useId } from 'react';
import { Link } from 'react-router-dom';
import { type Schemas } from '../../api/client';
import { Amount } from '../../components/Amount';
import { usePages } from '../../context';
import { moment } from '../../format/months';
import { usePaths } from '../../navigation/usePaths';
import { FactView } from './FactView';
import { SumCheck } from './SumCheck';

export type Holding = Schemas['LineageHolding'];

/** Whose amount it is, and in what. */
export interface Of {
  application: string;
  currency: string;
  view: string;
}

export interface HoldingViewProps {
  holding: Holding;
  of: Of;
  /** Whether every fact is open from the start. */
  isOpen?: boolean;
}

/** What an application has in one domain: the run and files it was computed from, and the facts it is the sum of. */
export function HoldingView({ holding, of, isOpen = false }: HoldingViewProps) {
  const { t } = usePages();
  const paths = usePaths();
  const id = useId();
  const { slice, facts } = holding;
  return (
    <section className="fa-card" aria-labelledby={id}>
      <header className="fa-card-head">
        <h2 className="fa-card-title" id={id}>
          <Link to={paths.domain(slice.domainId)}>{slice.domainLabel}</Link>{' '}
          <span className="fa-quiet fa-small">{t(`mode.${slice.domainMode}`)}</span>
        </h2>
        <strong className="fa-holding-amount">
          <Amount amount={holding.amount} />
        </strong>
      </header>
      <SliceSource slice={slice} />
      <div className="fa-fact-list">
        {facts.map((fact, place) => (
          <FactView key={place} fact={fact} slice={slice} of={of} isOpen={isOpen} />
        ))}
      </div>
      <SumCheck parts={facts.map(({ cost }) => cost)} whole={holding.amount.amount} currency={of.currency} />
    </section>
  );
}

/** The run that published a slice, and its source files. */
export function SliceSource({ slice }: { slice: Holding['slice'] }) {
  const { t, locale } = usePages();
  return (
    <div className="fa-source fa-small">
      <span>
        {t('explain.run', { version: slice.version, moment: moment(slice.publishedAt, locale) })}{' '}
        <code title={slice.runId}>{slice.runId.slice(0, 8)}</code>
        {slice.newestVersion > slice.version && ` · ${t('explain.newer', { version: slice.newestVersion })}`}
      </span>
      {slice.files.length > 0 && (
        <ul aria-label={t('explain.files')}>
          {slice.files.map(({ name, rows, sha256 }) => (
            <li key={name}>
              <code className="fa-file">{name}</code> <span>{t('explain.rows', { count: rows })}</span>{' '}
              <code title={t('explain.sha', { sha: sha256 })}>{sha256.slice(0, 8)}…</code>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
