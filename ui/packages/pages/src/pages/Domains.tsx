import { answerOf, type Schemas } from '../api/client';
import { Amount } from '../components/Amount';
import { SliceBadge } from '../components/Badges';
import { Card, PageHead } from '../components/Card';
import { useColumns } from '../components/columns';
import { DataTable } from '../components/DataTable';
import { Facts } from '../components/Facts';
import { StatesCard } from '../components/Headline';
import { PageFilters } from '../components/PageFilters';
import { LoadedView } from '../components/States';
import { usePages } from '../context';
import { useFilters } from '../filters/useFilters';
import { shortMonth } from '../format/months';
import { useLoad } from '../loading/useLoad';
import { usePaths } from '../navigation/usePaths';

type Data = Schemas['DomainList'];
type Row = Data['domains'][number];

/** Every domain: how it stands and what it comes to. */
export function Domains() {
  const { client, t, language } = usePages();
  const control = useFilters();
  const query = control.asked;
  const loaded = useLoad(`domains ${language} ${JSON.stringify(query)}`, signal =>
    answerOf(client.GET('/domains', { params: { query }, signal })),
  );
  const { data } = loaded;
  return (
    <div className="fa-page">
      <PageHead title={t('domains.title')} facts={data && <Facts shown={data} />} />
      <PageFilters control={control} shown={data} hasApplications />
      <LoadedView loaded={loaded} lines={8}>
        {shown => <Content data={shown} />}
      </LoadedView>
    </div>
  );
}

function Content({ data }: { data: Data }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  const labels = new Map(data.domains.map(({ domainId, domainLabel }) => [domainId, domainLabel]));
  const month = data.months.to;
  const isOne = data.months.from === month;
  return (
    <>
      <Card title={t('dashboard.domains')}>
        <DataTable<Row>
          caption={t('dashboard.domains')}
          columns={[
            { ...columns.text('domain', t('column.domain'), row => row.domainLabel), isRowHeader: true },
            { ...columns.text('id', t('column.id'), row => row.domainId), isHiddenOnPhone: true },
            {
              ...columns.text('mode', t('column.mode'), row => row.indirectLabel ?? t(`mode.${row.domainMode}`)),
              cell: row => <Mode of={row} />,
              isHiddenOnPhone: true,
            },
            {
              ...columns.text('since', t('column.since'), row => row.availableFrom),
              cell: row => row.availableFrom && shortMonth(row.availableFrom, locale),
              isHiddenOnPhone: true,
            },
            {
              ...columns.text('state', t('column.state'), row =>
                row.state ? t(`slice.${row.state}`) : t('domain.off'),
              ),
              cell: row =>
                row.state ? <SliceBadge state={row.state} /> : <span className="fa-quiet">{t('domain.off')}</span>,
              isHiddenOnPhone: true,
            },
            columns.amount(row => (isOne ? paths.explain({ month, domain: row.domainId }) : null)),
            columns.change(),
          ]}
          rows={data.domains}
          keyOf={row => row.domainId}
          hrefOf={row => paths.domain(row.domainId)}
          sort={{ column: 'amount', isDescending: true }}
          csvName={`domains-${month}`}
          foot={[[t('table.total'), '', '', '', '', <Amount key="total" amount={data.total} />, '']]}
        />
      </Card>
      <StatesCard states={data.states} reasons={data.reasons} labels={labels} />
    </>
  );
}

/** DIRECT, or INDIRECT and how it is spread, in the domain's own words. */
export function Mode({ of }: { of: { domainMode: Row['domainMode']; indirectLabel: string | null } }) {
  const { t } = usePages();
  return (
    <>
      {t(`mode.${of.domainMode}`)}
      {of.indirectLabel && <span className="fa-quiet"> · {of.indirectLabel}</span>}
    </>
  );
}
