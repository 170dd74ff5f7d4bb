import { useState } from 'react';
import { Link } from 'react-router-dom';
import { answerOf, type Schemas } from '../../api/client';
import { everyPage } from '../../api/everyPage';
import { Card, PageHead } from '../../components/Card';
import { Done } from '../../components/Done';
import { Chips } from '../../components/Chips';
import { Choice } from '../../components/Choice';
import { DomainChoice } from '../../components/DomainChoice';
import { useChoices } from '../../components/PageFilters';
import { Pager } from '../../components/Pager';
import { LoadedView } from '../../components/States';
import { usePages } from '../../context';
import { useCursors, type Cursors } from '../../filters/useCursors';
import { useParameters } from '../../filters/useParameters';
import { isMonth, longMonth, type Month } from '../../format/months';
import { useLoad } from '../../loading/useLoad';
import { usePaths } from '../../navigation/usePaths';
import { useDomainLabels } from '../../loading/useDomains';
import { STAGES, sumOf, type Stage } from './lines';
import { LineTable } from './LineTable';

type Data = Schemas['Quarantine'];
type Shown = Stage | 'all';

interface Query {
  month?: Month;
  domain?: string;
  state?: Stage;
}

const PAGE = 50;
const MOST = 1_000;

/** Lines that were set aside: by default those that wait for a decision. */
export function Quarantine() {
  const { t, locale } = usePages();
  const { params, set } = useParameters();
  const asked = params.get('month');
  const month = isMonth(asked) ? asked : null;
  const domain = params.get('domain');
  const stage: Shown = [...STAGES, 'all' as const].find(one => one === params.get('stage')) ?? 'waiting';
  const labels = useDomainLabels();
  const paths = usePaths();
  const { months } = useChoices();
  return (
    <div className="fa-page">
      <PageHead
        title={t('quarantine.title')}
        facts={<span>{t('quarantine.intro')}</span>}
        actions={
          month && <Link to={paths.month(month)}>{t('quarantine.toMonth', { month: longMonth(month, locale) })}</Link>
        }
      />
      <QuarantineOf month={month} domain={domain} stage={stage} labels={labels} onStage={one => set({ stage: one })}>
        <MonthChoice months={months} month={month} onChange={value => set({ month: value })} />
        <DomainChoice domain={domain} labels={labels} onChange={value => set({ domain: value })} />
      </QuarantineOf>
    </div>
  );
}

interface MonthChoiceProps {
  months: readonly Month[];
  month: Month | null;
  onChange: (month: string) => void;
}

function MonthChoice({ months, month, onChange }: MonthChoiceProps) {
  const { t, locale } = usePages();
  const all = [...new Set([...months, ...(month ? [month] : [])])].sort().reverse();
  return (
    <Choice
      label={t('filters.month')}
      value={month ?? ''}
      options={[['', t('quarantine.everyMonth')], ...all.map(one => [one, longMonth(one, locale)] as const)]}
      onChange={onChange}
    />
  );
}

interface QuarantineOfProps {
  month: Month | null;
  domain: string | null;
  stage: Shown;
  labels: ReadonlyMap<string, string>;
  onStage: (stage: string | null) => void;
  children?: React.ReactNode;
}

function QuarantineOf({ month, domain, stage, labels, onStage, children }: QuarantineOfProps) {
  const { client, t, language } = usePages();
  const cursors = useCursors();
  const [done, setDone] = useState<string | null>(null);
  const query: Query = {
    ...(month ? { month } : {}),
    ...(domain ? { domain } : {}),
    ...(stage === 'all' ? {} : { state: stage }),
  };
  const page = { ...query, limit: PAGE, ...(cursors.cursor ? { cursor: cursors.cursor } : {}) };
  const loaded = useLoad(`quarantine ${language} ${JSON.stringify(page)}`, signal =>
    answerOf(client.GET('/quarantine', { params: { query: page }, signal })),
  );
  const counts = loaded.data?.counts;
  return (
    <>
      <section className="fa-filters fa-no-print" aria-label={t('filters.title')}>
        {children}
        <Chips<Shown>
          label={t('quarantine.stage')}
          chips={[
            ...STAGES.map(id => ({ id, label: t(`quarantine.${id}`), count: counts?.[id] ?? 0 })),
            { id: 'all', label: t('quarantine.all'), count: sumOf(counts) },
          ]}
          chosen={stage}
          onChange={id => onStage(id === 'waiting' ? null : id)}
        />
      </section>
      <Done told={done} />
      <LoadedView loaded={loaded} lines={16}>
        {shown => (
          <List
            key={JSON.stringify(query)}
            data={shown}
            query={query}
            cursors={cursors}
            labels={labels}
            onAll={() => onStage('all')}
            onDone={told => {
              setDone(told);
              loaded.reload();
            }}
          />
        )}
      </LoadedView>
    </>
  );
}

interface ListProps {
  data: Data;
  query: Query;
  cursors: Cursors;
  labels: ReadonlyMap<string, string>;
  onAll: () => void;
  onDone: (told: string) => void;
}

function List({ data, query, cursors, labels, onAll, onDone }: ListProps) {
  const { client, t } = usePages();
  const everyOne = () =>
    everyPage(page => answerOf(client.GET('/quarantine', { params: { query: { ...query, ...page, limit: MOST } } })));
  const count = query.state ? (data.counts[query.state] ?? 0) : sumOf(data.counts);
  if (data.items.length === 0) return <Nothing data={data} query={query} cursors={cursors} onAll={onAll} />;
  return (
    <Card title={t('quarantine.count', { count })} className="fa-tools-up">
      <p className="fa-quiet">{t(`quarantine.${query.state ?? 'all'}.hint`)}</p>
      <LineTable
        lines={data.items}
        count={count}
        load={everyOne}
        labels={labels}
        csvName={['quarantine', query.month, query.domain, query.state].filter(Boolean).join('-')}
        isOfOneMonth={query.month !== undefined}
        isOfOneDomain={query.domain !== undefined}
        onDone={onDone}
      />
      {(count > PAGE || cursors.before > 0) && (
        <Pager
          first={cursors.before * PAGE + 1}
          last={cursors.before * PAGE + data.items.length}
          total={Math.max(count, cursors.before * PAGE + data.items.length)}
          onPrevious={cursors.onPrevious}
          onNext={cursors.onNext(data.nextCursor)}
        />
      )}
    </Card>
  );
}

interface NothingProps {
  data: Data;
  query: Query;
  cursors: Cursors;
  onAll: () => void;
}

/** No line: never any, none any more, or none that the filters leave. */
function Nothing({ data, query, cursors, onAll }: NothingProps) {
  const { t } = usePages();
  const isFiltered = query.month !== undefined || query.domain !== undefined;
  const others = sumOf(data.counts);
  const [title, text] =
    cursors.before > 0
      ? (['quarantine.none.page', null] as const)
      : others === 0
        ? isFiltered
          ? (['quarantine.none.filtered', null] as const)
          : (['quarantine.none.ever', 'quarantine.none.ever.text'] as const)
        : query.state === 'waiting'
          ? (['quarantine.none.waiting', 'quarantine.none.waiting.text'] as const)
          : (['quarantine.none.stage', null] as const);
  return (
    <section className="fa-notice" data-tone="neutral">
      <h2 className="fa-notice-title">{t(title)}</h2>
      {text && <p>{t(text)}</p>}
      {cursors.onPrevious && (
        <p>
          <button type="button" className="fa-link-button" onClick={cursors.onPrevious}>
            {t('table.previous')}
          </button>
        </p>
      )}
      {others > 0 && query.state && !cursors.onPrevious && (
        <p>
          <button type="button" className="fa-link-button" onClick={onAll}>
            {t('quarantine.showAll')}
          </button>
        </p>
      )}
      {others === 0 && isFiltered && <Reset />}
    </section>
  );
}

function Reset() {
  const { t } = usePages();
  const { set } = useParameters();
  return (
    <p>
      <button type="button" className="fa-link-button" onClick={() => set({ domain: null, month: null, stage: null })}>
        {t('filters.reset')}
      </button>
    </p>
  );
}
