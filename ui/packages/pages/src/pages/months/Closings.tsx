import { Link } from 'react-router-dom';
import { Card } from '../../components/Card';
import { useColumns } from '../../components/columns';
import { DataTable } from '../../components/DataTable';
import { FactList } from '../../components/FactList';
import { usePages } from '../../context';
import { moment } from '../../format/months';
import { exactMoney } from '../../format/numbers';
import { usePaths } from '../../navigation/usePaths';
import type { MonthData } from './monthData';

type Row = MonthData['acts'][number];

/** Who closed the month and opened it again, when and why; and what its last closing came to. */
export function Closings({ data }: { data: MonthData }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  if (data.acts.length === 0) {
    return (
      <Card title={t('month.acts')}>
        <p className="fa-quiet">{t('month.noActs')}</p>
      </Card>
    );
  }
  return (
    <Card title={t('month.acts')}>
      <FactList
        facts={data.statementTotals.map(({ pricingViewId, currency, roundedCost, unpricedCount }) => [
          `${t('month.statement')} · ${pricingViewId}`,
          <span key={pricingViewId}>
            {roundedCost === null ? '—' : exactMoney(roundedCost, currency, locale)}
            {unpricedCount > 0 && (
              <span className="fa-quiet fa-small"> {t('month.statement.unpriced', { count: unpricedCount })}</span>
            )}
          </span>,
        ])}
      />
      <DataTable<Row>
        caption={t('month.acts')}
        columns={[
          {
            ...columns.text('when', t('act.when'), row => row.actedAt),
            cell: row => <time dateTime={row.actedAt}>{moment(row.actedAt, locale)}</time>,
            isRowHeader: true,
          },
          {
            ...columns.text('what', t('month.act'), row => toldOf(row)),
            cell: row =>
              row.act === 'CLOSE' ? (
                <Link to={paths.statement(data.month, row.closeNumber)}>{toldOf(row)}</Link>
              ) : (
                toldOf(row)
              ),
          },
          columns.text('who', t('act.who'), row => row.person),
          { ...columns.text('why', t('act.reason'), row => row.reason), isHiddenOnPhone: true },
          {
            ...columns.text('seal', t('month.seal'), row => row.entrySha256),
            cell: row => <code title={row.entrySha256}>{row.entrySha256.slice(0, 8)}</code>,
            isHiddenOnPhone: true,
          },
        ]}
        rows={data.acts}
        keyOf={row => `${row.closeNumber} ${row.act}`}
        sort={{ column: 'when', isDescending: true }}
        csvName={`month-${data.month}-closings`}
      />
    </Card>
  );

  function toldOf({ act }: Row): string {
    return t(act === 'CLOSE' ? 'month.act.CLOSE' : 'month.act.REOPEN');
  }
}
