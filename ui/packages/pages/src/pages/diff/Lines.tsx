import { answerOf } from '../../api/client';
import { everyPage } from '../../api/everyPage';
import { Card } from '../../components/Card';
import { Chips } from '../../components/Chips';
import { Named, Quantity, useColumns } from '../../components/columns';
import { DataTable, type Column } from '../../components/DataTable';
import { Pager } from '../../components/Pager';
import { usePages } from '../../context';
import type { Cursors } from '../../filters/useCursors';
import { signOf } from '../../format/decimal';
import { growthOf, LINE_CHANGES, type DiffData, type LineChange, type MovedLine } from './moves';

export interface LinesProps {
  data: DiffData;
  /** The kind of lines that is looked at; every one without. */
  change: LineChange | null;
  cursors: Cursors;
  /** How many stand on a page. */
  page: number;
  onChange: (change: LineChange | null) => void;
}

const MOST = 1_000;

/** The lines that differ, by application and product. */
export function Lines({ data, change, cursors, page, onChange }: LinesProps) {
  const { client, t } = usePages();
  const columns = useShown();
  const { lineCounts: counts, lines } = data;
  const all = counts.added + counts.removed + counts.changed;
  const count = change ? counts[change] : all;
  const { domainId: domain, month, older, newer } = data;
  const query = { domain, month, older: older.version, newer: newer.version, ...(change ? { change } : {}) };
  const everyOne = () =>
    everyPage(async at => {
      const asked = { ...query, ...at, applications: 0, limit: MOST };
      const told = await answerOf(client.GET('/diff', { params: { query: asked } }));
      return { items: told.lines, nextCursor: told.nextCursor };
    });
  if (all === 0) {
    return (
      <Card title={t('diff.lines')}>
        <p className="fa-quiet">{t('diff.lines.none')}</p>
      </Card>
    );
  }
  return (
    <Card title={t('diff.lines')} className="fa-tools-up">
      <Chips<LineChange | ''>
        label={t('diff.what')}
        chips={[
          { id: '', label: t('diff.every'), count: all },
          ...LINE_CHANGES.map(id => ({ id, label: t(`diff.${id}`), count: counts[id] })),
        ]}
        chosen={change ?? ''}
        onChange={id => onChange(id === '' ? null : id)}
      />
      <DataTable<MovedLine>
        caption={t('diff.lines')}
        columns={columns.map(column => ({ ...column, isSortable: false }))}
        rows={lines}
        keyOf={line => `${line.applicationId} ${line.productId ?? ''}`}
        pageSize={page}
        isSearchable={false}
        csvName={`diff-${month}-${domain}-${older.version}-${newer.version}`}
        whole={{ count, load: everyOne }}
      />
      {count > page && (
        <Pager
          first={cursors.before * page + 1}
          last={cursors.before * page + lines.length}
          total={count}
          onPrevious={cursors.onPrevious}
          onNext={cursors.onNext(data.nextCursor)}
        />
      )}
    </Card>
  );
}

function useShown(): Column<MovedLine>[] {
  const { t } = usePages();
  const columns = useColumns();
  const only = { isOnlyInCsv: true };
  const turned = (before: string | null, after: string | null) =>
    before && after && before !== after ? `${before} → ${after}` : (after ?? before);
  const family = (line: MovedLine) => turned(line.familyBefore, line.familyAfter);
  const quantity = (value: string | null) => (value === null ? <None /> : <Quantity value={value} />);
  return [
    {
      ...columns.text('application', t('column.application'), line => line.applicationLabel),
      cell: line => <Named label={line.applicationLabel} note={line.applicationId} />,
      isRowHeader: true,
    },
    { ...columns.text('applicationId', t('diff.applicationId'), line => line.applicationId), ...only },
    {
      ...columns.text('product', t('column.product'), line => line.productLabel),
      cell: line => <Named label={line.productLabel ?? ''} note={family(line)} />,
    },
    { ...columns.text('productId', t('diff.productId'), line => line.productId), ...only },
    {
      ...columns.text('what', t('diff.what'), line => t(`diff.one.${line.change}`)),
      cell: line => (
        <span className="fa-line-change" data-change={line.change}>
          <span aria-hidden="true">{MARKS[line.change]}</span> <b>{t(`diff.one.${line.change}`)}</b>
        </span>
      ),
    },
    {
      ...columns.text('before', t('diff.quantityBefore'), line => line.quantityBefore),
      cell: line => quantity(line.quantityBefore),
      kind: 'decimal',
      isHiddenOnPhone: true,
    },
    {
      ...columns.text('after', t('diff.quantityAfter'), line => line.quantityAfter),
      cell: line => quantity(line.quantityAfter),
      kind: 'decimal',
      isHiddenOnPhone: true,
    },
    {
      ...columns.text('difference', t('diff.moved'), growthOf),
      cell: line => <Growth by={growthOf(line)} />,
      kind: 'decimal',
    },
    {
      ...columns.text('unit', t('column.metric'), line => turned(line.metricBefore, line.metricAfter)),
      isHiddenOnPhone: true,
    },
    { ...columns.text('metricBefore', t('diff.metricBefore'), line => line.metricBefore), ...only },
    { ...columns.text('metricAfter', t('diff.metricAfter'), line => line.metricAfter), ...only },
    { ...columns.text('familyBefore', t('diff.familyBefore'), line => line.familyBefore), ...only },
    { ...columns.text('familyAfter', t('diff.familyAfter'), line => line.familyAfter), ...only },
  ];
}

const MARKS: Record<LineChange, string> = { added: '+', removed: '−', changed: '≠' };

function Growth({ by }: { by: string | null }) {
  if (by === null) return <None />;
  return (
    <span className="fa-amount">
      {signOf(by) > 0 && '+'}
      <Quantity value={by} />
    </span>
  );
}

function None() {
  const { t } = usePages();
  return (
    <span className="fa-quiet">
      <span aria-hidden="true">—</span>
      <span className="fa-hidden">{t('diff.nothing')}</span>
    </span>
  );
}
