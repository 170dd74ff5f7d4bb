import { useColumns } from '../../components/columns';
import { DataTable } from '../../components/DataTable';
import { usePages } from '../../context';
import { moment } from '../../format/months';
import { exactlyOf, toldOf, type ActValue } from './acts';

export interface ActLogProps {
  acts: readonly ActValue[];
  csvName: string;
}

/** Who did what, when and why, the newest first. */
export function ActLog({ acts, csvName }: ActLogProps) {
  const { t, locale } = usePages();
  const columns = useColumns();
  if (acts.length === 0) return <p className="fa-quiet">{t('act.none')}</p>;
  return (
    <DataTable<ActValue>
      caption={t('product.acts')}
      columns={[
        {
          ...columns.text('when', t('act.when'), row => row.actedAt),
          cell: row => (
            <time dateTime={row.actedAt} title={row.actedAt}>
              {moment(row.actedAt, locale)}
            </time>
          ),
          isRowHeader: true,
        },
        columns.text('who', t('act.who'), row => row.person),
        {
          ...columns.text('what', t('act.what'), row => toldOf(row, t, locale).join(' ')),
          cell: row => <span title={exactlyOf(row)}>{toldOf(row, t, locale).join(' ')}</span>,
        },
        { ...columns.text('why', t('act.reason'), row => row.reason), isHiddenOnPhone: true },
        { ...columns.text('exactly', t('act.exactly'), row => exactlyOf(row)), isOnlyInCsv: true },
      ]}
      rows={acts}
      keyOf={row => String(row.auditId)}
      sort={{ column: 'when', isDescending: true }}
      pageSize={10}
      csvName={csvName}
    />
  );
}
