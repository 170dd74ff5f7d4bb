import { Amount, ChangeFigure, type ChangeValue } from '../../components/Amount';
import { Named, useColumns } from '../../components/columns';
import { DataTable, type Column } from '../../components/DataTable';
import { usePages } from '../../context';
import { percentOf } from '../../format/decimal';
import { isMonth, longMonth } from '../../format/months';
import { useDomains } from '../../loading/useDomains';
import { usePaths, type Paths } from '../../navigation/usePaths';
import type { Comparison, Grain } from './comparing';
import { isOneSided, OneSidedCell } from './OneSided';
import { SumCheck } from '../lineage/SumCheck';

type Line = Comparison['lines'][number];

/** What moves between two views, the most first, and what is not listed. */
export function Moves({ data }: { data: Comparison }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const { from, to } = data.months;
  // the newest month of a comparison is another than that of the page it leads to
  const shownIn = from === to ? paths.inMonth(to) : paths;
  const columns = useColumns();
  const { labels } = useDomains();
  const { by, others, total } = data;
  const nameOf = (row: Line) => {
    if (by === 'month' && isMonth(row.key)) return longMonth(row.key, locale);
    return row.label ?? row.key ?? (row.domainId && labels.get(row.domainId)) ?? row.domainId ?? t('compare.spread');
  };
  const shown: Column<Line>[] = [
    {
      ...columns.text('name', t(`compare.one.${by}`), nameOf),
      cell: row => (
        <Named
          label={nameOf(row)}
          note={by === 'product' && row.domainId ? (labels.get(row.domainId) ?? row.domainId) : null}
        />
      ),
      isRowHeader: true,
    },
    { ...columns.text('id', t('column.id'), row => row.key), isOnlyInCsv: true },
    { ...columns.text('domain', t('column.domain'), row => row.domainId), isOnlyInCsv: true },
    {
      ...columns.text('before', t('compare.before'), row => row.before.amount),
      cell: row => <Amount amount={row.before} />,
      kind: 'decimal',
      isHiddenOnPhone: true,
    },
    {
      ...columns.text('after', t('compare.after'), row => row.after.amount),
      cell: row => <Amount amount={row.after} />,
      kind: 'decimal',
    },
    {
      ...columns.text('moved', t('compare.moved'), row => row.moved),
      cell: row => <ChangeFigure change={changeOf(row)} />,
      kind: 'decimal',
    },
    ...(isOneSided(total)
      ? [
          {
            ...columns.text<Line>('oneSided', t('compare.uncomparable'), row =>
              String(row.onlyBefore.count + row.onlyAfter.count),
            ),
            cell: (row: Line) => <OneSidedCell of={row} />,
            kind: 'decimal' as const,
            isHiddenOnPhone: true,
          },
          {
            ...columns.text<Line>('onlyBefore', t('compare.onlyBefore'), row => row.onlyBefore.amount),
            isOnlyInCsv: true,
          },
          {
            ...columns.text<Line>('onlyAfter', t('compare.onlyAfter'), row => row.onlyAfter.amount),
            isOnlyInCsv: true,
          },
        ]
      : []),
  ];
  const hasOneSided = isOneSided(total);
  const foot = (label: string, sides: Omit<Line, 'key' | 'label' | 'domainId'>) => [
    label,
    <Amount key="before" amount={sides.before} />,
    <Amount key="after" amount={sides.after} />,
    <ChangeFigure key="moved" change={changeOf(sides)} />,
    ...(hasOneSided ? [<OneSidedCell key="oneSided" of={sides} />] : []),
  ];
  return (
    <>
      <DataTable<Line>
        key={`${by} ${hasOneSided}`}
        caption={t('compare.moves')}
        columns={shown}
        rows={data.lines}
        keyOf={row => `${row.domainId} ${row.key}`}
        hrefOf={row => leadOf(row, by, shownIn)}
        pageSize={25}
        isSearchable={data.lines.length > 25}
        csvName={`compare-${data.before.pricingViewId}-${data.after.pricingViewId}-${by}`}
        foot={[
          ...(others.count > 0 ? [foot(t('table.remainder', { count: others.count }), others)] : []),
          foot(t('table.total'), total),
        ]}
      />
      <SumCheck
        parts={[...data.lines, others].map(({ moved }) => moved)}
        whole={total.moved}
        currency={data.before.currency}
      />
    </>
  );
}

/** How the second side differs from the first. */
export function changeOf({ before, moved }: Pick<Line, 'before' | 'moved'>): ChangeValue | null {
  if (moved === null) return null;
  return { previous: before, delta: moved, percent: before.amount === null ? null : percentOf(moved, before.amount) };
}

function leadOf({ key, domainId }: Line, by: Grain, paths: Paths): string | null {
  if (key === null) return domainId && paths.domain(domainId);
  switch (by) {
    case 'domain':
      return paths.domain(key);
    case 'application':
      return paths.application(key);
    case 'product':
      return domainId && paths.product(domainId, key);
    case 'month':
      return null;
  }
}
