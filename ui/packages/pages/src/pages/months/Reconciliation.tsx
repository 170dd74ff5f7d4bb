import { Card } from '../../components/Card';
import { Named, useColumns } from '../../components/columns';
import { DataTable, type Column } from '../../components/DataTable';
import { usePages } from '../../context';
import { exactMoney, money } from '../../format/numbers';
import { useDomainLabels } from '../../loading/useDomains';
import type { MonthData } from './monthData';

type Row = NonNullable<MonthData['reconciliation']>[number];
type PartName = 'invoice' | 'allocated' | 'unassigned' | 'unallocated' | 'adjusted' | 'quarantined' | 'variance';

const PARTS: readonly PartName[] = [
  'invoice',
  'allocated',
  'unassigned',
  'unallocated',
  'adjusted',
  'quarantined',
  'variance',
];

/** Each domain's invoice against what the mart makes of the month; nothing where no invoice was recorded. */
export function Reconciliation({ data }: { data: MonthData }) {
  const { t } = usePages();
  const columns = useColumns();
  const labels = useDomainLabels();
  const rows = data.reconciliation?.filter(({ invoice }) => invoice !== null) ?? [];
  if (rows.length === 0) return null;
  const total = data.reconciliationTotal;
  const table: Column<Row>[] = [
    {
      ...columns.text('domain', t('column.domain'), row => labels.get(row.domainId ?? '') ?? row.domainId),
      cell: row => <Named label={labels.get(row.domainId ?? '') ?? row.domainId} note={row.reference} />,
      isRowHeader: true,
    },
    { ...columns.text('reference', t('month.reference'), row => row.reference), isOnlyInCsv: true },
    ...PARTS.map((part): Column<Row> => ({
      id: part,
      header: t(`month.${part}`),
      cell: row => <Part of={row} part={part} />,
      value: row => row[part],
      kind: 'decimal',
      isHiddenOnPhone: part !== 'invoice' && part !== 'variance',
    })),
    { ...columns.text('unvalued', t('month.unvalued'), row => String(row.unvaluedCount)), isOnlyInCsv: true },
    { ...columns.text('unpriced', t('month.unpriced'), row => String(row.unpricedCount)), isOnlyInCsv: true },
  ];
  return (
    <Card title={t('month.invoices')}>
      <p className="fa-quiet">{t('month.invoices.hint')}</p>
      <DataTable<Row>
        caption={t('month.invoices')}
        columns={table}
        rows={rows}
        keyOf={row => row.domainId ?? ''}
        csvName={`month-${data.month}-invoices`}
        foot={total ? [[t('table.total'), ...PARTS.map(part => <Part key={part} of={total} part={part} />)]] : []}
      />
    </Card>
  );
}

/** A part of the equation, exact on hover, with the lines that are not in it because they have no price. */
function Part({ of, part }: { of: Row; part: PartName }) {
  const { t, locale } = usePages();
  const { currency, unpricedCount, unvaluedCount } = of;
  const text = of[part];
  if (text === null) return <>—</>;
  const without = part === 'allocated' ? unpricedCount : part === 'quarantined' ? unvaluedCount : 0;
  return (
    <Named
      label={
        <data value={text} title={exactMoney(text, currency, locale)}>
          {money(text, currency, locale)}
        </data>
      }
      note={
        without > 0 && (
          <span title={t('month.without.hint', { count: without })}>{t('month.without', { count: without })}</span>
        )
      }
    />
  );
}
