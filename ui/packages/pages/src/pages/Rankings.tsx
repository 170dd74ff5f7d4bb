import { Link, useSearchParams } from 'react-router-dom';
import { answerOf, type Schemas } from '../api/client';
import { Amount, ChangeFigure } from '../components/Amount';
import { Card, PageHead } from '../components/Card';
import { Choice } from '../components/Choice';
import { Named, useColumns } from '../components/columns';
import { DataTable, type Column } from '../components/DataTable';
import { Facts } from '../components/Facts';
import { StatesCard } from '../components/Headline';
import { Owner } from '../components/Owner';
import { PageFilters } from '../components/PageFilters';
import { LoadedView, NoData } from '../components/States';
import { usePages } from '../context';
import { useFilters } from '../filters/useFilters';
import { longMonths } from '../format/months';
import { percent } from '../format/numbers';
import { useLoad } from '../loading/useLoad';
import { usePaths, type Paths } from '../navigation/usePaths';
import { footOf } from './DomainParts';

type Data = Schemas['Rankings'];
type Row = Data['items'][number];
type Dimension = Data['dimension'];

const DIMENSIONS: readonly Dimension[] = ['application', 'owner', 'domain', 'family', 'product'];
const TOPS = [10, 20, 50, 100, 500];
const MOVERS = 10;

/** The dearest of a dimension, what is left, and what moved most. */
export function Rankings() {
  const { client, t, language } = usePages();
  const control = useFilters();
  const [params, setParams] = useSearchParams();
  const dimension = DIMENSIONS.find(one => one === params.get('of')) ?? 'application';
  const top = TOPS.find(one => String(one) === params.get('top')) ?? 20;
  const query = { ...control.asked, dimension, top, movers: MOVERS };
  const loaded = useLoad(`rankings ${language} ${JSON.stringify(query)}`, signal =>
    answerOf(client.GET('/rankings', { params: { query }, signal })),
  );
  const { data } = loaded;
  const set = (name: string, value: string) =>
    setParams(now => {
      const next = new URLSearchParams(now);
      next.set(name, value);
      return next;
    });
  return (
    <div className="fa-page">
      <PageHead title={t('rankings.title')} facts={data && <Facts shown={data} />} />
      <PageFilters control={control} shown={data} hasApplications>
        <Choice
          label={t('rankings.of')}
          value={dimension}
          options={DIMENSIONS.map(one => [one, t(`rankings.of.${one}`)])}
          onChange={value => set('of', value)}
        />
        <Choice
          label={t('rankings.top')}
          value={String(top)}
          options={TOPS.map(one => [String(one), String(one)])}
          onChange={value => set('top', value)}
        />
      </PageFilters>
      <LoadedView loaded={loaded} lines={16}>
        {shown => <Content data={shown} />}
      </LoadedView>
    </div>
  );
}

function Content({ data }: { data: Data }) {
  const { t, locale } = usePages();
  if (data.items.length === 0) {
    return (
      <NoData
        months={longMonths(data.months.from, data.months.to, locale)}
        states={data.states}
        reasons={data.reasons}
        isFiltered={data.applications !== null}
      />
    );
  }
  return (
    <>
      <div className="fa-columns fa-columns-wide">
        <Card title={t(`rankings.dearest.${data.dimension}`)}>
          <Ranks data={data} />
        </Card>
        <Card title={t('dashboard.movers')}>
          <Movers data={data} />
        </Card>
      </div>
      <StatesCard states={data.states} reasons={data.reasons} />
    </>
  );
}

function Ranks({ data }: { data: Data }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  const { dimension } = data;
  const month = data.months.to;
  const hasDomain = dimension === 'family' || dimension === 'product';
  const shown: Column<Row>[] = [
    {
      id: 'name',
      header: t(`rankings.one.${dimension}`),
      cell: row => (
        <span className="fa-ranked">
          <span className="fa-place">{row.rank}</span>
          <Named
            label={<Name row={row} dimension={dimension} />}
            note={dimension === 'application' ? row.owner && <Owner owner={row.owner} /> : hasDomain && row.domainId}
          />
        </span>
      ),
      value: row => nameOf(row, dimension) ?? t('rankings.noOwner'),
      isRowHeader: true,
    },
    { ...columns.text('id', t('column.id'), row => row.id), isOnlyInCsv: true },
    { ...columns.text('inDomain', t('column.domain'), row => row.domainId), isOnlyInCsv: true },
    { ...columns.text('owner', t('column.owner'), row => row.owner), isOnlyInCsv: true },
    {
      id: 'before',
      header: t('column.previousRank'),
      cell: row => <Moved row={row} />,
      value: row => (row.previousRank === null ? null : String(row.previousRank)),
      kind: 'decimal',
      isHiddenOnPhone: true,
    },
    columns.amount(row => (data.months.from === month ? explainedOf(row, dimension, month, paths) : null)),
    {
      id: 'share',
      header: t('column.share'),
      cell: row => row.share && percent(row.share, locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
      value: row => row.share,
      kind: 'decimal',
      isHiddenOnPhone: true,
    },
    columns.change(),
  ];
  const visible = shown.filter(({ isOnlyInCsv }) => !isOnlyInCsv);
  const place = visible.findIndex(({ id }) => id === 'amount');
  const total = visible.map(({ id }, index) => {
    if (index === 0) return t('table.total');
    if (id === 'amount') return <Amount key={id} amount={data.total} />;
    return id === 'change' ? <ChangeFigure key={id} change={data.change} /> : '';
  });
  return (
    <DataTable<Row>
      key={dimension}
      caption={t(`rankings.dearest.${dimension}`)}
      columns={shown}
      rows={data.items}
      keyOf={keyOf}
      hrefOf={row => leadOf(row, dimension, paths)}
      pageSize={50}
      csvName={`ranking-${dimension}-${month}`}
      foot={[...footOf(data.remainder, visible.length, place, t), total]}
    />
  );
}

function Moved({ row: { rank, previousRank } }: { row: Row }) {
  const { t } = usePages();
  if (previousRank === null) return <span className="fa-quiet">{t('rankings.new')}</span>;
  const by = rank === null ? 0 : previousRank - rank;
  return (
    <span className="fa-quiet">
      {previousRank}
      {by !== 0 && (
        <span className="fa-small">
          {' '}
          <span aria-hidden="true">{by > 0 ? '↑' : '↓'}</span>
          <span className="fa-hidden">{t(by > 0 ? 'rankings.rose' : 'rankings.fell')} </span>
          {Math.abs(by)}
        </span>
      )}
    </span>
  );
}

function Movers({ data }: { data: Data }) {
  const { t } = usePages();
  const paths = usePaths();
  if (data.movers.length === 0) return <p className="fa-quiet">{t('change.unknown')}</p>;
  return (
    <ul className="fa-rank">
      {data.movers.map(row => {
        const to = leadOf(row, data.dimension, paths);
        const name = <Name row={row} dimension={data.dimension} />;
        return (
          <li key={keyOf(row)} className="fa-rank-item">
            <span className="fa-rank-name">
              <span className="fa-rank-label">{to ? <Link to={to}>{name}</Link> : name}</span>
            </span>
            <span className="fa-mover">
              <ChangeFigure change={row.change} />
              <span className="fa-quiet fa-small">
                <Amount amount={row.amount} />
              </span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Name({ row, dimension }: { row: Row; dimension: Dimension }) {
  const { t } = usePages();
  const name = nameOf(row, dimension);
  if (name === null) return <span className="fa-quiet">{t('rankings.noOwner')}</span>;
  return dimension === 'owner' ? <Owner owner={name} /> : <span>{name}</span>;
}

// of no owner, or of a domain that is spread: the API has no name for these
function nameOf(row: Row, dimension: Dimension): string | null {
  return row.id === null && dimension === 'owner' ? null : row.label;
}

function keyOf(row: Row): string {
  return `${row.domainId} ${row.id} ${row.label}`;
}

/** Where a place of a ranking leads. */
export function leadOf(row: Row, dimension: Dimension, paths: Paths): string | null {
  const { id, domainId: domain } = row;
  switch (dimension) {
    case 'application':
      return id && paths.application(id);
    case 'domain':
      return id && paths.domain(id);
    case 'owner':
      return id && paths.applications(id);
    case 'family':
    case 'product':
      if (id === null) return domain && paths.domain(domain);
      return paths.history({ of: dimension, id, domain });
  }
}

function explainedOf(row: Row, dimension: Dimension, month: string, paths: Paths): string | null {
  const { id, domainId: domain } = row;
  if (id === null) return domain ? paths.explain({ month, domain }) : null;
  return paths.explain({ month, ...(domain && dimension !== 'domain' ? { domain } : {}), [dimension]: id });
}
