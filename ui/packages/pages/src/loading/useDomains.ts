import { answerOf } from '../api/client';
import { usePages } from '../context';
import { useLoad } from './useLoad';

export interface KnownDomains {
  /** What domains are called, by id. */
  labels: ReadonlyMap<string, string>;
  /** Whether a domain's amount is spread, and has no products. */
  isIndirect: (id: string) => boolean;
}

/** The domains there are; none while they are not known. */
export function useDomains(): KnownDomains {
  const { client, language } = usePages();
  const { data } = useLoad(`domains ${language} {}`, signal => answerOf(client.GET('/domains', { signal })));
  const known = data?.domains ?? [];
  const indirect = new Set(known.filter(one => one.domainMode === 'INDIRECT').map(one => one.domainId));
  return {
    labels: new Map(known.map(({ domainId, domainLabel }) => [domainId, domainLabel])),
    isIndirect: id => indirect.has(id),
  };
}

/** What domains are called, by id; nothing while that is not known. */
export function useDomainLabels(): ReadonlyMap<string, string> {
  return useDomains().labels;
}
