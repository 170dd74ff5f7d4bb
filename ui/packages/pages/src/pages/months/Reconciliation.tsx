import { Card } from '../../components/Card';
import { Named, useColumns } from '../../components/columns';
import { DataTable, type Column } from '../../components/DataTable';
import { usePages } from '../../context';
import { exactMoney, money } from '../../format/numbers';
import { useDomainLabels } from '../../loading/useDomains';
import type { MonthData } from './MonthView';

type Row = NonNullable<MonthData['reconciliation']>[number];
type Part = 'invoice' | 'allocated' | 'unassigned' | 'unallocated' | 'adjusted' | 'quarantined' | 'variance';

const PARTS: readonly Part[] = [
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
      cell: row => <Sum text={row[part]} currency={row.currency} />,
      value: row => row[part],
      kind: 'decimal',
      isHiddenOnPhone: part !== 'invoice' && part !== 'variance',
    })),
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
        foot={
          total
            ? [
                [
                  t('table.total'),
                  ...PARTS.map(part => <Sum key={part} text={total[part]} currency={total.currency} />),
                ],
              ]
            : []
        }
      />
    </Card>
  );
}

/** A part of the equation, exact on hover. */
function Sum({ text, currency }: { text: string | null; currency: string }) {
  const { locale } = usePages();
  if (text === null) return <>—</>;
  return (
    <data value={text} title={exactMoney(text, currency, locale)}>
      {money(text, currency, locale)}
    </data>
  );
}
