import { useId } from 'react';
import { Link } from 'react-router-dom';
import { Amount } from '../../components/Amount';
import { usePages } from '../../context';
import { usePaths } from '../../navigation/usePaths';
import { FactView } from './FactView';
import type { Holding, Of } from './holding';
import { SliceSource } from './SliceSource';
import { SumCheck } from './SumCheck';

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
