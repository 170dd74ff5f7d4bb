/** What keeps a month from being closed, the months before it as one thing. */

import type { Schemas } from '../../api/client';
import type { Month } from '../../format/months';

export type BlockerValue = Schemas['Blocker'];

/** A blocker as the API says it, or how many months before are open and the first of them. */
export type Told = { blocker: BlockerValue } | { open: number; first: Month };

const EARLIER = 'EARLIER_MONTH';

/** Blockers in the API's order; one for all months before, at its first one's place. */
export function blockersOf(blockers: readonly BlockerValue[]): Told[] {
  const earlier = blockers.filter(({ kind, subject }) => kind === EARLIER && subject !== null);
  const [first] = earlier.map(({ subject }) => subject ?? '').sort();
  const others = blockers.filter(blocker => !earlier.includes(blocker)).map(blocker => ({ blocker }));
  return first === undefined ? others : [{ open: earlier.length, first }, ...others];
}

/** The same by domain, what is of no domain first, in the order they come. */
export function byDomain(told: readonly Told[]): Map<string | null, Told[]> {
  const groups = new Map<string | null, Told[]>([[null, []]]);
  told.forEach(one => {
    const domain = 'blocker' in one ? one.blocker.domainId : null;
    groups.set(domain, [...(groups.get(domain) ?? []), one]);
  });
  if (groups.get(null)?.length === 0) groups.delete(null);
  return groups;
}
