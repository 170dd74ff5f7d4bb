import { type ReactNode } from 'react';
import { useLocation } from 'react-router-dom';
import { answerOf } from '../../api/client';
import { PageHead } from '../../components/Card';
import { Choice } from '../../components/Choice';
import { DomainChoice } from '../../components/DomainChoice';
import { Crumbs } from '../../components/Crumbs';
import { useChoices } from '../../components/PageFilters';
import { LoadedView } from '../../components/States';
import { ViewSelect } from '../../components/ViewSelect';
import { usePages } from '../../context';
import { useCursors } from '../../filters/useCursors';
import { useParameters } from '../../filters/useParameters';
import { isMonth, longMonth, moment, type Month } from '../../format/months';
import { useLoad } from '../../loading/useLoad';
import { usePaths } from '../../navigation/usePaths';
import { useDomainLabels } from '../../loading/useDomains';
import { Lines } from './Lines';
import { Applications, Money } from './Money';
import { LINE_CHANGES, type LineChange } from './moves';
import { VersionTable, type VersionsData } from './VersionTable';

interface Slice {
  domain: string;
  month: Month;
}

const PAGE = 50;

/** What changed between two published versions of a domain's month. */
export function Difference() {
  const { t, locale } = usePages();
  const { params, set } = useParameters();
  const paths = usePaths();
  const labels = useDomainLabels();
  const { months } = useChoices();
  const asked = params.get('month');
  const month = isMonth(asked) ? asked : null;
  const domain = params.get('domain');
  const label = domain && (labels.get(domain) ?? domain);
  const all = [...new Set([...months, ...(month ? [month] : [])])].sort().reverse();
  const choices = (
    <>
      <Choice
        label={t('filters.month')}
        value={month ?? ''}
        options={[
          ...(month ? [] : [['', t('diff.pick')] as const]),
          ...all.map(one => [one, longMonth(one, locale)] as const),
        ]}
        onChange={value => set({ month: value, ...ANEW })}
      />
      <DomainChoice
        domain={domain}
        labels={labels}
        onChange={value => set({ domain: value, ...ANEW })}
        none={domain ? null : t('diff.pick')}
      />
    </>
  );
  return (
    <div className="fa-page">
      {month && domain && label && (
        <Crumbs
          crumbs={[
            { label: longMonth(month, locale), to: paths.month(month) },
            { label, to: paths.inMonth(month).domain(domain) },
          ]}
        />
      )}
      <PageHead
        title={month && label ? t('diff.of', { domain: label, month: longMonth(month, locale) }) : t('diff.title')}
      />
      {month && domain ? (
        <OfSlice key={`${month} ${domain}`} slice={{ month, domain }}>
          {choices}
        </OfSlice>
      ) : (
        <>
          <Filters>{choices}</Filters>
          <Told title={t('diff.choose')} text={t('diff.choose.text')} />
        </>
      )}
    </div>
  );
}

// what is chosen among the versions of one slice means nothing in another
const ANEW = { from: null, to: null, change: null };

function OfSlice({ slice, children }: { slice: Slice; children: ReactNode }) {
  const { client, t, language, locale } = usePages();
  const { params, set } = useParameters();
  const { pathname } = useLocation();
  const loaded = useLoad(`versions ${language} ${JSON.stringify(slice)}`, signal =>
    answerOf(client.GET('/versions', { params: { query: slice }, signal })),
  );
  const items = loaded.data?.items ?? [];
  const newer = numberIn(params, 'to') ?? items.at(-1)?.version ?? null;
  const older =
    numberIn(params, 'from') ??
    items.filter(({ version }) => newer !== null && version < newer).at(-1)?.version ??
    null;
  const compared = (from: number, to: number) => {
    const next = new URLSearchParams(params);
    next.delete('change');
    next.set('from', String(from));
    next.set('to', String(to));
    return `${pathname}?${next.toString()}`;
  };
  const options = (chosen: number | null) => [
    ...(chosen === null ? [['', t('diff.pick')] as const] : []),
    ...(chosen !== null && items.every(({ version }) => version !== chosen)
      ? [[String(chosen), String(chosen)] as const]
      : []),
    ...[...items]
      .reverse()
      .map(({ version, publishedAt }) => [String(version), `${version} · ${moment(publishedAt, locale)}`] as const),
  ];
  return (
    <>
      <Filters>
        {children}
        {items.length > 1 && (
          <>
            <Choice
              label={t('diff.from')}
              value={older === null ? '' : String(older)}
              options={options(older)}
              onChange={from => set({ from, change: null })}
            />
            <Choice
              label={t('diff.to')}
              value={newer === null ? '' : String(newer)}
              options={options(newer)}
              onChange={to => set({ to, change: null })}
            />
            <ViewSelect chosen={params.get('view')} onChange={view => set({ view })} />
          </>
        )}
      </Filters>
      {loaded.error?.status === 404 ? (
        <Told title={t('diff.never')} text={t('diff.never.text')} />
      ) : (
        <LoadedView loaded={loaded} lines={6}>
          {data => (
            <>
              <Compared slice={slice} versions={data} older={older} newer={newer} />
              <VersionTable data={data} compared={compared} />
            </>
          )}
        </LoadedView>
      )}
    </>
  );
}

interface ComparedProps {
  slice: Slice;
  versions: VersionsData;
  older: number | null;
  newer: number | null;
}

function Compared({ slice, versions, older, newer }: ComparedProps) {
  const { client, t, language, locale } = usePages();
  const { params, set } = useParameters();
  const cursors = useCursors();
  const [only] = versions.items;
  const view = params.get('view');
  const change: LineChange | null = LINE_CHANGES.find(one => one === params.get('change')) ?? null;
  const isTwo = older !== null && newer !== null && older !== newer;
  const query = {
    ...slice,
    ...(isTwo ? { older, newer } : {}),
    ...(view ? { pricingView: view } : {}),
    ...(change ? { change } : {}),
    ...(cursors.cursor ? { cursor: cursors.cursor } : {}),
    limit: PAGE,
  };
  const loaded = useLoad(isTwo ? `diff ${language} ${JSON.stringify(query)}` : null, signal =>
    answerOf(client.GET('/diff', { params: { query }, signal })),
  );
  if (!isTwo) {
    return versions.items.length === 1 && only ? (
      <Told title={t('diff.first')} text={t('diff.first.text', { moment: moment(only.publishedAt, locale) })} />
    ) : (
      <Told title={t('diff.same')} text={t('diff.same.text')} />
    );
  }
  return (
    <LoadedView loaded={loaded} lines={12}>
      {data => (
        <>
          <Money data={data} />
          <Applications data={data} />
          <Lines data={data} change={change} cursors={cursors} page={PAGE} onChange={one => set({ change: one })} />
        </>
      )}
    </LoadedView>
  );
}

function Filters({ children }: { children: ReactNode }) {
  const { t } = usePages();
  return (
    <section className="fa-filters fa-no-print" aria-label={t('filters.title')}>
      {children}
    </section>
  );
}

function Told({ title, text }: { title: string; text: string }) {
  return (
    <section className="fa-notice" data-tone="neutral">
      <h2 className="fa-notice-title">{title}</h2>
      <p>{text}</p>
    </section>
  );
}

function numberIn(params: URLSearchParams, name: string): number | null {
  const text = params.get(name) ?? '';
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}
