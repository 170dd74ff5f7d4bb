import { type Schemas } from '../api/client';
import { Amount } from '../components/Amount';
import { Card } from '../components/Card';
import { Quantity, useColumns } from '../components/columns';
import { DataTable, type Column } from '../components/DataTable';
import { usePages } from '../context';
import { percent } from '../format/numbers';
import { usePaths } from '../navigation/usePaths';

type Data = Schemas['DomainPage'];
type Family = Data['families'][number];
type Product = Data['products'][number];
type Application = Data['topApplications'][number];

/** What a DIRECT domain is made of: families, products and applications, each with what is not listed. */
export function DomainParts({ data }: { data: Data }) {
  const { t } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  const { domainId: domain } = data.domain;
  const month = data.months.to;
  const explain = (what: { family?: string; product?: string }) =>
    data.months.from === month ? paths.explain({ month, domain, ...what }) : null;
  return (
    <>
      <div className="fa-columns">
        <Card title={t('domain.families')}>
          <DataTable<Family>
            caption={t('domain.families')}
            columns={[
              { ...columns.text('family', t('column.family'), row => row.familyLabel), isRowHeader: true },
              columns.amount(row => explain({ family: row.familyId })),
              columns.change(),
            ]}
            rows={data.families}
            keyOf={row => row.familyId}
            hrefOf={row => paths.history({ of: 'family', id: row.familyId, domain })}
            sort={{ column: 'amount', isDescending: true }}
            csvName={`families-${domain}-${month}`}
            foot={footOf(data.otherFamilies, 3, 1, t)}
          />
        </Card>
        <DomainApplications data={data} />
      </div>
      <Card title={t('domain.products')}>
        <DataTable<Product>
          caption={t('domain.products')}
          columns={[
            { ...columns.text('product', t('column.product'), row => row.productLabel), isRowHeader: true },
            { ...columns.text('id', t('column.id'), row => row.productId), isHiddenOnPhone: true },
            { ...columns.text('family', t('column.family'), row => row.familyLabel), isHiddenOnPhone: true },
            {
              id: 'quantity',
              header: t('column.quantity'),
              cell: row => <Quantity value={row.quantity} />,
              value: row => row.quantity,
              kind: 'decimal',
              isHiddenOnPhone: true,
            },
            { ...columns.text('metric', t('column.metric'), row => row.metric), isHiddenOnPhone: true },
            columns.amount(row => explain({ product: row.productId })),
            columns.change(),
          ]}
          rows={data.products}
          keyOf={row => `${row.productId} ${row.familyId} ${row.metric}`}
          hrefOf={row => paths.history({ of: 'product', id: row.productId, domain })}
          sort={{ column: 'amount', isDescending: true }}
          csvName={`products-${domain}-${month}`}
          isSearchable
          foot={footOf(data.otherProducts, 7, 5, t)}
        />
      </Card>
    </>
  );
}

/** Applications that bear a domain, the dearest first. */
export function DomainApplications({ data }: { data: Data }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  const { domainId: domain } = data.domain;
  const month = data.months.to;
  const share: Column<Application> = {
    id: 'share',
    header: t('column.share'),
    cell: row => row.share && percent(row.share, locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    value: row => row.share,
    kind: 'decimal',
    isHiddenOnPhone: true,
  };
  return (
    <Card title={t('domain.applications')}>
      <DataTable<Application>
        caption={t('domain.applications')}
        columns={[
          {
            ...columns.text('application', t('column.application'), row => row.applicationLabel),
            isRowHeader: true,
          },
          columns.amount(row =>
            data.months.from === month ? paths.explain({ month, domain, application: row.applicationId }) : null,
          ),
          share,
          columns.change(),
        ]}
        rows={data.topApplications}
        keyOf={row => row.applicationId}
        hrefOf={row => paths.application(row.applicationId)}
        sort={{ column: 'amount', isDescending: true }}
        pageSize={10}
        csvName={`applications-${domain}-${month}`}
        foot={footOf(data.otherApplications, 4, 1, t)}
      />
    </Card>
  );
}

type Remainder = Data['otherFamilies'];

/** A row for what is not listed, where anything is not. */
export function footOf(
  { count, amount }: Remainder,
  columns: number,
  place: number,
  t: ReturnType<typeof usePages>['t'],
) {
  if (count === 0 || (count === null && amount.lineCount === 0)) return [];
  const label = count === null ? t('table.remainder') : t('table.remainder', { count });
  const cells = Array.from({ length: columns }, (_, index) =>
    index === 0 ? label : index === place ? <Amount key="amount" amount={amount} /> : '',
  );
  return [cells];
}
