import { useSearchParams } from 'react-router-dom';
import { answerOf, type Schemas } from '../api/client';
import { Amount } from '../components/Amount';
import { Card, PageHead } from '../components/Card';
import { Crumbs } from '../components/Crumbs';
import { useColumns } from '../components/columns';
import { DataTable, type Column } from '../components/DataTable';
import { PageFilters, useChoices } from '../components/PageFilters';
import { LoadedView, NoData } from '../components/States';
import { usePages } from '../context';
import { useFilters } from '../filters/useFilters';
import { isMonth, longMonth, type Month } from '../format/months';
import { useDomainLabels } from '../loading/useDomains';
import { useLoad } from '../loading/useLoad';
import { usePaths, type Explained } from '../navigation/usePaths';
import { LineageView } from './lineage/LineageView';
import { SumCheck } from './lineage/SumCheck';
import { footOf } from './DomainParts';

/** Any amount of a month: who bears it, and of what it is made, down to source lines. */
export function Explain() {
  const { t } = usePages();
  const [params] = useSearchParams();
  const { months } = useChoices();
  const control = useFilters();
  const asked = params.get('month');
  const month = isMonth(asked) ? asked : (months.at(-1) ?? null);
  const what = month && explainedOf(params, month);
  return (
    <div className="fa-page">
      {what ? (
        <Explanation what={what} view={params.get('view')} control={control} />
      ) : (
        <PageHead title={t('explain.title')} />
      )}
    </div>
  );
}

/** What the address names; a family only as a sum over applications. */
export function explainedOf(params: URLSearchParams, month: Month): Explained {
  const version = Number(params.get('version') ?? '');
  return {
    month,
    application: params.get('application'),
    domain: params.get('domain'),
    family: params.get('family'),
    product: params.get('product'),
    owner: params.get('owner'),
    version: Number.isInteger(version) && version > 0 ? version : null,
  };
}

interface ExplanationProps {
  what: Explained;
  view: string | null;
  control: ReturnType<typeof useFilters>;
}

function Explanation({ what, view, control }: ExplanationProps) {
  return what.application ? (
    <LineageView what={what} application={what.application} view={view} control={control} />
  ) : (
    <Bearers what={what} view={view} control={control} />
  );
}

type Data = Schemas['Aggregate'];
type Group = Data['groups'][number];

const GROUPS = 5_000;

/** The applications that an amount is the sum of, each a step from its lineage. */
function Bearers({ what, view, control }: ExplanationProps) {
  const { client, t, language, locale } = usePages();
  const paths = usePaths();
  const labels = useDomainLabels();
  const { month, domain, family, product, owner } = what;
  const body: Schemas['AggregateAsked'] = {
    from: month,
    to: month,
    groupBy: family ? ['product', 'application'] : ['application'],
    filters: {
      domains: some(domain),
      families: some(family),
      products: some(product),
      owners: some(owner),
      applications: [...control.filters.applications],
    },
    labels: 'then',
    orderBy: 'cost',
    top: GROUPS,
    ...(view ? { pricingView: view } : {}),
  };
  const loaded = useLoad(`bearers ${language} ${JSON.stringify(body)}`, signal =>
    answerOf(client.POST('/aggregate', { body, signal })),
  );
  const label = domain && (labels.get(domain) ?? domain);
  const named = [label, family, product, owner].filter(Boolean).join(' · ');
  return (
    <>
      <Crumbs
        crumbs={
          domain
            ? [
                { label: t('domains.title'), to: paths.domains },
                { label: label ?? domain, to: paths.domain(domain) },
              ]
            : [{ label: t('nav.dashboard'), to: paths.home }]
        }
      />
      <PageHead
        title={t('explain.of', { what: named || t('chart.total') })}
        facts={<span>{longMonth(month, locale)}</span>}
      />
      <PageFilters control={control} shown={loaded.data} allowsRange={false} />
      <LoadedView loaded={loaded} lines={12}>
        {shown => <Applications data={shown} what={what} />}
      </LoadedView>
    </>
  );
}

function Applications({ data, what }: { data: Data; what: Explained }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  if (data.total.lineCount === 0) {
    return <NoData months={longMonth(what.month, locale)} states={data.states} reasons={data.reasons} isFiltered />;
  }
  const lineage = (row: Group) =>
    paths.explain({
      month: what.month,
      application: row.applicationId,
      domain: row.domainId ?? what.domain,
      product: row.productId ?? what.product,
    });
  const shown: Column<Group>[] = [
    { ...columns.text('application', t('column.application'), row => row.label), isRowHeader: true },
    { ...columns.text('id', t('column.id'), row => row.applicationId ?? null), isHiddenOnPhone: true },
    ...(what.family ? [columns.text<Group>('product', t('column.product'), row => row.productId ?? null)] : []),
    columns.amount(lineage),
  ];
  const place = shown.length - 1;
  const amounts = [...data.groups, data.remainder].map(({ amount }) => amount.amount);
  return (
    <Card title={t('explain.bearers')} aside={<span className="fa-quiet fa-small">{t('explain.bearers.hint')}</span>}>
      <DataTable<Group>
        caption={t('explain.bearers')}
        columns={shown}
        rows={data.groups}
        keyOf={row => `${row.productId} ${row.applicationId}`}
        hrefOf={lineage}
        sort={{ column: 'amount', isDescending: true }}
        pageSize={50}
        csvName={`explained-${what.month}`}
        foot={[
          ...footOf(data.remainder, shown.length, place, t),
          shown.map(({ id }, index) =>
            index === 0 ? t('table.total') : index === place ? <Amount key={id} amount={data.total} /> : '',
          ),
        ]}
      />
      <SumCheck parts={amounts} whole={data.total.amount} currency={data.total.currency} />
    </Card>
  );
}

function some(name: string | null | undefined): string[] {
  return name ? [name] : [];
}
