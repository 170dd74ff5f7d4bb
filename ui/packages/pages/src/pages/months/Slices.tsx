import { Link } from 'react-router-dom';
import { Amount } from '../../components/Amount';
import { SliceBadge } from '../../components/Badges';
import { Card } from '../../components/Card';
import { Named, useColumns } from '../../components/columns';
import { DataTable, type Column } from '../../components/DataTable';
import { usePages } from '../../context';
import { moment } from '../../format/months';
import { count } from '../../format/numbers';
import { usePaths } from '../../navigation/usePaths';
import type { MonthData } from './monthData';

type Row = MonthData['slices'][number];

/** The domains of a month: how each stands, its version and run, and what it comes to. */
export function Slices({ data }: { data: MonthData }) {
  const { t, locale } = usePages();
  const { month } = data;
  const paths = usePaths().inMonth(month);
  const columns = useColumns();
  const number = (value: number | null) => (value === null ? '' : count(value, locale));
  const table: Column<Row>[] = [
    { ...columns.text('domain', t('column.domain'), row => row.domainLabel), isRowHeader: true },
    { ...columns.text('id', t('column.id'), row => row.domainId), isOnlyInCsv: true },
    {
      ...columns.text('state', t('column.state'), row => t(`slice.${row.state}`)),
      cell: row => <State of={row} month={month} />,
    },
    {
      id: 'version',
      header: t('month.version'),
      cell: row => number(row.version),
      value: row => row.version?.toString() ?? null,
      kind: 'decimal',
      isHiddenOnPhone: true,
    },
    {
      id: 'rows',
      header: t('month.rows'),
      cell: row => number(row.rowCount),
      value: row => row.rowCount?.toString() ?? null,
      kind: 'decimal',
      isHiddenOnPhone: true,
    },
    {
      ...columns.text('run', t('month.run'), row => row.runId),
      cell: row => row.runId && <code title={row.runId}>{row.runId.slice(0, 8)}</code>,
      isHiddenOnPhone: true,
    },
    {
      ...columns.text('changed', t('month.changed'), row => row.changedAt),
      cell: row => row.changedAt && moment(row.changedAt, locale),
      isHiddenOnPhone: true,
    },
    columns.amount(row => (row.version === null ? null : paths.explain({ month, domain: row.domainId }))),
  ];
  const foot = table
    .filter(({ isOnlyInCsv }) => !isOnlyInCsv)
    .map(({ id }, place) => {
      if (place === 0) return t('table.total');
      return id === 'amount' ? <Amount key="total" amount={data.total} /> : '';
    });
  return (
    <Card title={t('month.slices')}>
      <DataTable<Row>
        caption={t('month.slices')}
        columns={table}
        rows={data.slices}
        keyOf={row => row.domainId}
        hrefOf={row => paths.domain(row.domainId)}
        sort={{ column: 'amount', isDescending: true }}
        csvName={`month-${month}`}
        foot={[foot]}
      />
    </Card>
  );
}

function State({ of, month }: { of: Row; month: string }) {
  const { t, can } = usePages();
  const paths = usePaths();
  const { domainId, state, isEnabled, isShown, quarantinedCount, reason, version } = of;
  const waiting = t('state.quarantined', { count: quarantinedCount });
  return (
    <Named
      label={
        isEnabled || version !== null ? (
          <SliceBadge state={state} />
        ) : (
          <span className="fa-quiet">{t('domain.off')}</span>
        )
      }
      note={
        <>
          {quarantinedCount > 0 &&
            (can('viewer') ? (
              <Link className="fa-line" to={paths.quarantine({ month, domain: domainId })}>
                {waiting}
              </Link>
            ) : (
              <span className="fa-line">{waiting}</span>
            ))}
          {can('viewer') && (version ?? 0) > 1 && (
            <Link className="fa-line" to={paths.difference(month, domainId)}>
              {t('month.difference', { count: version ?? 0 })}
            </Link>
          )}
          {version !== null && !isShown && <span className="fa-line">{t('month.notShown')}</span>}
          {reason && (
            <details>
              <summary>{t('state.reason')}</summary>
              <pre className="fa-reason">{reason}</pre>
            </details>
          )}
        </>
      }
    />
  );
}
