import { useState } from 'react';
import { type Schemas } from '../api/client';
import { Amount } from '../components/Amount';
import { Card } from '../components/Card';
import { Quantity, useColumns } from '../components/columns';
import { DataTable } from '../components/DataTable';
import { FactList } from '../components/FactList';
import { usePages } from '../context';
import { longMonth } from '../format/months';
import { exactNumber, partOfOne } from '../format/numbers';
import { usePaths } from '../navigation/usePaths';
import { DomainApplications, footOf } from './DomainParts';

type Data = Schemas['DomainPage'];
type Distribution = Data['distributions'][number];

/** How an INDIRECT domain is spread: the amount, the method, the basis, and what each application bears of it. */
export function Distributions({ data }: { data: Data }) {
  const { t, locale } = usePages();
  const [chosen, choose] = useState(data.months.to);
  const shown = data.distributions.find(({ month }) => month === chosen) ?? data.distributions[0];
  return (
    <>
      {shown && (
        <Card
          title={t('spread.title')}
          aside={
            data.distributions.length > 1 && (
              <select
                className="fa-input fa-no-print"
                aria-label={t('filters.month')}
                value={shown.month}
                onChange={event => choose(event.target.value)}
              >
                {data.distributions.map(({ month }) => (
                  <option key={month} value={month}>
                    {longMonth(month, locale)}
                  </option>
                ))}
              </select>
            )
          }
        >
          <Method data={data} spread={shown} />
          <Weights domain={data.domain.domainId} spread={shown} />
        </Card>
      )}
      {data.months.from !== data.months.to && <DomainApplications data={data} />}
    </>
  );
}

function Method({ data, spread }: { data: Data; spread: Distribution }) {
  const { t, locale } = usePages();
  const count = spread.others.count === null ? null : spread.weights.length + spread.others.count;
  return (
    <FactList
      facts={[
        [t('spread.amount'), <Amount key="amount" amount={spread.amountToDistribute} />],
        [t('spread.method'), spread.methodLabel ?? data.domain.indirectLabel ?? spread.methodKey],
        [
          t('spread.basis'),
          spread.basisQuantity === null ? (
            t('spread.noBasis')
          ) : (
            <Quantity key="basis" value={spread.basisQuantity} metric={spread.metric} />
          ),
        ],
        [t('spread.applications'), count === null ? t('spread.unknown') : new Intl.NumberFormat(locale).format(count)],
      ]}
    />
  );
}

type Weight = Distribution['weights'][number];

function Weights({ domain, spread }: { domain: string; spread: Distribution }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  return (
    <DataTable<Weight>
      caption={t('spread.weights')}
      columns={[
        { ...columns.text('application', t('column.application'), row => row.applicationLabel), isRowHeader: true },
        {
          id: 'driver',
          header: spread.metric ? t('spread.driver', { metric: spread.metric }) : t('column.quantity'),
          cell: row => (row.driverQuantity === null ? '—' : <Quantity value={row.driverQuantity} />),
          value: row => row.driverQuantity,
          kind: 'decimal',
          isHiddenOnPhone: true,
        },
        {
          id: 'weight',
          header: t('column.weight'),
          cell: row => <span title={exactNumber(row.weight, locale)}>{partOfOne(row.weight, locale)}</span>,
          value: row => row.weight,
          kind: 'decimal',
        },
        columns.amount(row => paths.explain({ month: spread.month, domain, application: row.applicationId })),
      ]}
      rows={spread.weights}
      keyOf={row => row.applicationId}
      hrefOf={row => paths.application(row.applicationId)}
      sort={{ column: 'amount', isDescending: true }}
      pageSize={25}
      csvName={`weights-${domain}-${spread.month}`}
      foot={[
        ...footOf(spread.others, 4, 3, t),
        [t('table.total'), '', '', <Amount key="total" amount={spread.amountToDistribute} />],
      ]}
    />
  );
}
