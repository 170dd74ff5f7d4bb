import { usePages } from '../context';
import { Choice } from './Choice';

export interface DomainChoiceProps {
  domain: string | null;
  /** What domains are called, by id; one that is not among them stays chosen by its id. */
  labels: ReadonlyMap<string, string>;
  onChange: (domain: string) => void;
  /** What is chosen where no domain is; null where one has to be. */
  none?: string | null;
}

/** One domain, or every one, in the filter bar. */
export function DomainChoice({ domain, labels, onChange, none }: DomainChoiceProps) {
  const { t } = usePages();
  const empty = none === undefined ? t('filters.everyDomain') : none;
  return (
    <Choice
      label={t('column.domain')}
      value={domain ?? ''}
      options={[
        ...(empty === null ? [] : [['', empty] as const]),
        ...(domain && !labels.has(domain) ? [[domain, domain] as const] : []),
        ...labels,
      ]}
      onChange={onChange}
    />
  );
}
