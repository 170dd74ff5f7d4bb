import { useEffect, useId, useState } from 'react';
import { answerOf, type Schemas } from '../api/client';
import { Choice } from '../components/Choice';
import { useApplicationSearch } from '../components/PageFilters';
import { usePages } from '../context';
import { useLoad } from '../loading/useLoad';
import { type Remembered } from '../navigation/usePaths';

export const THINGS: readonly Remembered['of'][] = ['total', 'domain', 'family', 'product', 'application'];

const MOST = 500;

export interface HistoryOfProps {
  what: Remembered;
  onChange: (changes: { of?: string; id?: string | null; domain?: string | null }) => void;
}

/** What has the history: everything, or one domain, family, product or application. */
export function HistoryOf({ what, onChange }: HistoryOfProps) {
  const { client, t, language } = usePages();
  const { of, id = null, domain = null } = what;
  const isPart = of === 'family' || of === 'product';
  const domains = useLoad(of === 'domain' || isPart ? `domains ${language} {}` : null, signal =>
    answerOf(client.GET('/domains', { signal })),
  );
  const query = { top: MOST, products: MOST };
  const parts = useLoad(isPart && domain ? `domain-parts ${domain} ${language}` : null, signal =>
    answerOf(client.GET('/domains/{domainId}', { params: { path: { domainId: domain ?? '' }, query }, signal })),
  );
  const known = domains.data?.domains ?? [];
  const direct = known.filter(one => !isPart || one.domainMode === 'DIRECT');
  return (
    <>
      <Choice
        label={t('history.of')}
        value={of}
        options={THINGS.map(one => [one, t(`history.of.${one}`)])}
        onChange={value => onChange({ of: value, id: null, domain: null })}
      />
      {of === 'domain' && (
        <Choice
          label={t('column.domain')}
          value={id ?? ''}
          options={withChosen(known.map(nameOf), id, t('history.pick'))}
          onChange={value => onChange({ id: value })}
        />
      )}
      {isPart && (
        <Choice
          label={t('column.domain')}
          value={domain ?? ''}
          options={withChosen(direct.map(nameOf), domain, t('history.pick'))}
          onChange={value => onChange({ domain: value, id: null })}
        />
      )}
      {isPart && domain && (
        <Choice
          label={t(of === 'family' ? 'column.family' : 'column.product')}
          value={id ?? ''}
          options={withChosen(parts.data ? partsOf(parts.data, of) : [], id, t('history.pick'))}
          onChange={value => onChange({ id: value })}
        />
      )}
      {of === 'application' && <ApplicationField key={id} value={id} onChange={value => onChange({ id: value })} />}
    </>
  );
}

type Option = readonly [string, string];

function nameOf({ domainId, domainLabel }: { domainId: string; domainLabel: string }): Option {
  return [domainId, domainLabel];
}

function partsOf(data: Schemas['DomainPage'], of: 'family' | 'product'): Option[] {
  const parts: Option[] =
    of === 'family'
      ? data.families.map(({ familyId, familyLabel }) => [familyId, familyLabel])
      : data.products.map(({ productId, productLabel }) => [productId, productLabel]);
  return [...new Map(parts).entries()].sort(([, one], [, other]) => one.localeCompare(other));
}

// what the URL names is there even when the last month has none of it
function withChosen(options: readonly Option[], chosen: string | null, pick: string): Option[] {
  const has = options.some(([id]) => id === chosen);
  return [...(chosen ? (has ? [] : [[chosen, chosen] as const]) : [['', pick] as const]), ...options];
}

interface ApplicationFieldProps {
  value: string | null;
  onChange: (id: string) => void;
}

/** One application out of thousands: suggestions as one types. */
function ApplicationField({ value, onChange }: ApplicationFieldProps) {
  const { t } = usePages();
  const search = useApplicationSearch();
  const id = useId();
  const [text, setText] = useState(value ?? '');
  const [found, setFound] = useState<readonly { applicationId: string; applicationLabel: string }[]>([]);
  useEffect(() => {
    const aborter = new AbortController();
    const timer = setTimeout(() => {
      search(text.trim(), aborter.signal).then(
        ({ items }) => setFound(items),
        () => setFound([]),
      );
    }, 150);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [text, search]);
  const choose = (typed: string) => {
    setText(typed);
    if (found.some(({ applicationId }) => applicationId === typed)) onChange(typed);
  };
  return (
    <div className="fa-filter">
      <label htmlFor={id}>{t('column.application')}</label>
      <input
        className="fa-input"
        id={id}
        list={`${id}-found`}
        autoComplete="off"
        placeholder={t('filters.applications.search')}
        value={text}
        onChange={event => choose(event.target.value)}
        onKeyDown={event => event.key === 'Enter' && text.trim() && onChange(text.trim())}
      />
      <datalist id={`${id}-found`}>
        {found.map(({ applicationId, applicationLabel }) => (
          <option key={applicationId} value={applicationId}>
            {applicationLabel}
          </option>
        ))}
      </datalist>
    </div>
  );
}
