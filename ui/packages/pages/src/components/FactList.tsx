import { type ReactNode } from 'react';

export interface FactListProps {
  /** What each is called, and what it is. */
  facts: readonly (readonly [string, ReactNode])[];
}

/** A few facts side by side. */
export function FactList({ facts }: FactListProps) {
  return (
    <dl className="fa-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
