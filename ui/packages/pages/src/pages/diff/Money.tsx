import { type ReactNode } from 'react';
import { answerOf } from '../../api/client';
import { Amount, ChangeFigure } from '../../components/Amount';
import { Card } from '../../components/Card';
import { useColumns } from '../../components/columns';
import { DataTable, type Column } from '../../components/DataTable';
import { FactList } from '../../components/FactList';
import { ReasonList } from '../../components/States';
import { usePages } from '../../context';
import { moment } from '../../format/months';
import { usePaths } from '../../navigation/usePaths';
import { SumCheck } from '../lineage/SumCheck';
import { changeOf, restOf, sideOf, type DiffData, type Move } from './moves';

type Total = DiffData['totals'][number];
type Row = DiffData['applications'][number];

const MOST = 5_000;

/** What two versions cost, in the view that is looked at and in every other. */
export function Money({ data }: { data: DiffData }) {
  const { t, locale } = usePages();
  const total = totalOf(data);
  return (
    <Card title={t('diff.cost')} className="fa-tools-up">
      {total && (
        <div className="fa-headline">
          <span className="fa-headline-amount fa-moved">
            <ChangeFigure change={changeOf(total)} />
          </span>
          <FactList
            facts={[
              [t('diff.before'), <Amount key="before" amount={sideOf(total, 'before')} />],
              [t('diff.after'), <Amount key="after" amount={sideOf(total, 'after')} />],
            ]}
          />
        </div>
      )}
      <p className="fa-quiet">
        {t('diff.between', {
          older: data.older.version,
          before: moment(data.older.publishedAt, locale),
          newer: data.newer.version,
          after: moment(data.newer.publishedAt, locale),
        })}{' '}
        {t(total ? 'diff.pricesNow' : 'diff.noView')}
      </p>
      <ReasonList reasons={data.reasons} />
      {data.totals.length > 1 && <Views data={data} />}
    </Card>
  );
}

function Views({ data }: { data: DiffData }) {
  const { t } = usePages();
  const columns = useColumns();
  return (
    <DataTable<Total>
      caption={t('diff.cost')}
      columns={[
        { ...columns.text('view', t('diff.view'), row => row.pricingViewLabel), isRowHeader: true },
        { ...columns.text('viewId', t('column.id'), row => row.pricingViewId), isOnlyInCsv: true },
        { ...columns.text('currency', t('diff.currency'), row => row.currency), isOnlyInCsv: true },
        ...useMoveColumns<Total>(),
      ]}
      rows={data.totals}
      keyOf={row => row.pricingViewId}
      isSearchable={false}
      csvName={`diff-${data.month}-${data.domainId}-views`}
    />
  );
}

/** The applications whose cost moved, the others, and what has not moved: together the totals. */
export function Applications({ data }: { data: DiffData }) {
  const { client, t } = usePages();
  const paths = usePaths().inMonth(data.month);
  const columns = useColumns();
  const moves = useMoveColumns<Row>();
  const { applications, otherApplications: others } = data;
  const total = totalOf(data);
  if (!total) return null;
  if (applications.length === 0 && others.count === 0) {
    return (
      <Card title={t('diff.applications')}>
        <p className="fa-quiet">{t('diff.applications.none')}</p>
      </Card>
    );
  }
  const everyOne = async () => {
    const { older, newer, domainId: domain, month, pricingView } = data;
    const view = pricingView ? { pricingView: pricingView.pricingViewId } : {};
    const query = { domain, month, older: older.version, newer: newer.version, ...view, applications: MOST, limit: 1 };
    return (await answerOf(client.GET('/diff', { params: { query } }))).applications;
  };
  const shown: Column<Row>[] = [
    { ...columns.text('application', t('column.application'), row => row.applicationLabel), isRowHeader: true },
    { ...columns.text('applicationId', t('column.id'), row => row.applicationId), isOnlyInCsv: true },
    ...moves,
  ];
  return (
    <Card title={t('diff.applications')}>
      <DataTable<Row>
        caption={t('diff.applications')}
        columns={shown}
        rows={applications}
        keyOf={row => row.applicationId}
        hrefOf={row => paths.application(row.applicationId)}
        csvName={`diff-${data.month}-${data.domainId}-applications`}
        whole={{ count: applications.length + others.count, load: everyOne }}
        foot={footOf(data, total, t)}
      />
      <SumCheck
        parts={[...applications.map(({ moved }) => moved), others.moved]}
        whole={total.moved}
        currency={total.currency}
      />
    </Card>
  );
}

type Cells = readonly ReactNode[];

function footOf(data: DiffData, total: Total, t: ReturnType<typeof usePages>['t']): Cells[] {
  const { applications, otherApplications: others } = data;
  const same = restOf(total.before, [...applications.map(({ before }) => before), others.before]);
  const cells = (name: string, move: Move): Cells => [
    name,
    <Amount key="before" amount={sideOf(move, 'before')} />,
    <Amount key="after" amount={sideOf(move, 'after')} />,
    <ChangeFigure key="change" change={changeOf(move)} />,
  ];
  const priced = { currency: total.currency, status: total.status, unpricedBefore: 0, unpricedAfter: 0 };
  return [
    ...(others.count > 0 ? [cells(t('table.remainder', { count: others.count }), { ...others, ...priced })] : []),
    ...(same === null ? [] : [cells(t('diff.unmoved'), { before: same, after: same, moved: '0', ...priced })]),
    cells(t('table.total'), total),
  ];
}

function useMoveColumns<Row extends Move>(): Column<Row>[] {
  const { t } = usePages();
  const count = (value: number) => String(value);
  return [
    {
      id: 'before',
      header: t('diff.before'),
      cell: row => <Amount amount={sideOf(row, 'before')} />,
      value: row => row.before,
      kind: 'decimal',
      isHiddenOnPhone: true,
    },
    {
      id: 'after',
      header: t('diff.after'),
      cell: row => <Amount amount={sideOf(row, 'after')} />,
      value: row => row.after,
      kind: 'decimal',
    },
    {
      id: 'moved',
      header: t('diff.moved'),
      cell: row => <ChangeFigure change={changeOf(row)} />,
      value: row => row.moved,
      kind: 'decimal',
    },
    {
      id: 'unpricedBefore',
      header: t('diff.unpricedBefore'),
      cell: () => null,
      value: row => count(row.unpricedBefore),
      isOnlyInCsv: true,
    },
    {
      id: 'unpricedAfter',
      header: t('diff.unpricedAfter'),
      cell: () => null,
      value: row => count(row.unpricedAfter),
      isOnlyInCsv: true,
    },
  ];
}

function totalOf({ totals, pricingView }: DiffData): Total | undefined {
  return totals.find(({ pricingViewId }) => pricingViewId === pricingView?.pricingViewId);
}
