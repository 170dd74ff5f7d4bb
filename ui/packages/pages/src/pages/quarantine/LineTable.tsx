import { useState } from 'react';
import { Button } from '@backstage/ui';
import { StageBadge } from '../../components/Badges';
import { Named, useColumns } from '../../components/columns';
import { DataTable, type Column } from '../../components/DataTable';
import { usePages } from '../../context';
import { longMonth } from '../../format/months';
import { DecideDialog, Found } from './DecideDialog';
import { FixDialog } from './FixDialog';
import { LineDialog } from './LineDialog';
import { asText, decisionOf, isDecidable, type LineValue, type Verdict } from './lines';

export interface LineTableProps {
  lines: readonly LineValue[];
  /** How many there are on every page, and all of them. */
  count: number;
  load: () => Promise<readonly LineValue[]>;
  labels: ReadonlyMap<string, string>;
  csvName: string;
  /** What is the same in every line, and need not stand in each. */
  isOfOneMonth?: boolean;
  isOfOneDomain?: boolean;
  /** A decision was taken; what to tell of it. */
  onDone: (told: string) => void;
}

type Selected = ReadonlyMap<number, LineValue>;

interface Open {
  verdict: Verdict | null;
  lines: readonly LineValue[];
}

/** Lines that were set aside; administrators select some of them, over several pages, and decide. */
export function LineTable(props: LineTableProps) {
  const { lines, count, load, labels, csvName, isOfOneMonth = false, isOfOneDomain = false, onDone } = props;
  const { t, can } = usePages();
  const [selected, setSelected] = useState<Selected>(new Map());
  const [open, setOpen] = useState<Open | null>(null);
  const mayDecide = can('admin') && lines.some(isDecidable);
  const shown = useShown({
    labels,
    isOfOneMonth,
    isOfOneDomain,
    onOpen: line => setOpen({ verdict: null, lines: [line] }),
  });
  const column = useSelecting(lines, selected, setSelected);
  const close = () => setOpen(null);
  const done = (told: string) => {
    setSelected(new Map());
    onDone(told);
  };
  const [one] = open?.lines ?? [];
  return (
    <>
      {mayDecide && (
        <Acts
          selected={selected}
          onAct={verdict => setOpen({ verdict, lines: [...selected.values()] })}
          onClear={() => setSelected(new Map())}
        />
      )}
      <div className="fa-stacked" data-selects={mayDecide || undefined}>
        <DataTable<LineValue>
          caption={t('quarantine.title')}
          columns={(mayDecide ? [column, ...shown] : shown).map(one => ({ ...one, isSortable: false }))}
          rows={lines}
          keyOf={line => String(line.quarantineId)}
          pageSize={Math.max(lines.length, 1)}
          isSearchable={false}
          csvName={csvName}
          whole={{ count, load }}
        />
      </div>
      {open && one && open.verdict === null && (
        <LineDialog
          line={one}
          domainLabel={labels.get(one.domainId) ?? one.domainId}
          onClose={close}
          onAct={verdict => setOpen({ verdict, lines: [one] })}
        />
      )}
      {open && one && open.verdict === 'FIX' && <FixDialog line={one} onClose={close} onDone={done} />}
      {open && (open.verdict === 'ACCEPT' || open.verdict === 'REJECT') && (
        <DecideDialog lines={open.lines} verdict={open.verdict} onClose={close} onDone={done} />
      )}
    </>
  );
}

interface ActsProps {
  selected: Selected;
  onAct: (verdict: Verdict) => void;
  onClear: () => void;
}

function Acts({ selected, onAct, onClear }: ActsProps) {
  const { t } = usePages();
  const count = selected.size;
  return (
    <div className="fa-acts fa-selecting fa-no-print" role="group" aria-label={t('quarantine.verdict')}>
      {(['ACCEPT', 'FIX', 'REJECT'] as const).map(verdict => (
        <Button
          key={verdict}
          size="small"
          variant="secondary"
          destructive={verdict === 'REJECT'}
          isDisabled={count === 0 || (verdict === 'FIX' && count > 1)}
          onPress={() => onAct(verdict)}
        >
          {t(`quarantine.do.${verdict}`)}
        </Button>
      ))}
      <span className="fa-quiet fa-small" role="status">
        {count === 0 ? t('quarantine.choose') : t('quarantine.selected', { count })}
        {count > 1 && ` ${t('quarantine.fix.one')}`}
      </span>
      {count > 0 && (
        <button type="button" className="fa-link-button fa-small" onClick={onClear}>
          {t('quarantine.clear')}
        </button>
      )}
    </div>
  );
}

function useSelecting(
  lines: readonly LineValue[],
  selected: Selected,
  onChange: (selected: Selected) => void,
): Column<LineValue> {
  const { t } = usePages();
  const decidable = lines.filter(isDecidable);
  const isWhole = decidable.every(({ quarantineId }) => selected.has(quarantineId));
  const isPart = !isWhole && decidable.some(({ quarantineId }) => selected.has(quarantineId));
  const put = (some: readonly LineValue[], isIn: boolean) => {
    const next = new Map(selected);
    some.forEach(line => (isIn ? next.set(line.quarantineId, line) : next.delete(line.quarantineId)));
    onChange(next);
  };
  return {
    id: 'selected',
    header: t('quarantine.selectAll'),
    head: (
      <input
        type="checkbox"
        className="fa-check"
        aria-label={t('quarantine.selectAll')}
        title={t('quarantine.selectAll')}
        checked={isWhole}
        ref={box => {
          if (box) box.indeterminate = isPart;
        }}
        onChange={event => put(decidable, event.target.checked)}
      />
    ),
    cell: line =>
      isDecidable(line) && (
        <input
          type="checkbox"
          className="fa-check"
          aria-label={t('quarantine.select', { number: String(line.lineNumber), file: line.fileName })}
          checked={selected.has(line.quarantineId)}
          onChange={event => put([line], event.target.checked)}
        />
      ),
    value: () => null,
    isNotInCsv: true,
  };
}

interface ShownProps {
  labels: ReadonlyMap<string, string>;
  isOfOneMonth: boolean;
  isOfOneDomain: boolean;
  onOpen: (line: LineValue) => void;
}

function useShown({ labels, isOfOneMonth, isOfOneDomain, onOpen }: ShownProps): Column<LineValue>[] {
  const { t, locale } = usePages();
  const columns = useColumns();
  const only = { isOnlyInCsv: true };
  return [
    { ...columns.text('id', t('quarantine.id'), line => String(line.quarantineId)), ...only },
    {
      ...columns.text('file', t('quarantine.line'), line => line.fileName),
      cell: line => (
        <Named
          label={
            <button
              type="button"
              className="fa-row-button"
              aria-label={`${line.fileName}, ${t('quarantine.lineOf', { number: String(line.lineNumber) })}`}
              onClick={() => onOpen(line)}
            >
              {line.fileName}
            </button>
          }
          note={t('quarantine.lineOf', { number: String(line.lineNumber) })}
        />
      ),
      isRowHeader: true,
    },
    { ...columns.text('number', t('quarantine.number'), line => String(line.lineNumber)), ...only },
    {
      ...columns.text('month', t('filters.month'), line => line.month),
      cell: line => longMonth(line.month, locale),
      ...(isOfOneMonth ? only : {}),
    },
    {
      ...columns.text('domain', t('column.domain'), line => labels.get(line.domainId) ?? line.domainId),
      ...(isOfOneDomain ? only : {}),
    },
    { ...columns.text('domainId', t('quarantine.domainId'), line => line.domainId), ...only },
    { ...columns.text('column', t('quarantine.column'), line => line.columnName), ...only },
    { ...columns.text('found', t('quarantine.found'), line => line.foundValue), ...only },
    {
      ...columns.text('why', t('quarantine.wrong'), line => line.reason),
      cell: line => (
        <span className="fa-wrong">
          <span>
            <code>{line.columnName}</code> <Found of={line} />
          </span>
          <span className="fa-small fa-quiet">{line.reason}</span>
        </span>
      ),
    },
    {
      ...columns.text('stage', t('quarantine.stage'), line => t(`quarantine.one.${line.state}`)),
      cell: line => (
        <span className="fa-named fa-stage" title={line.text}>
          <StageBadge stage={line.state} />
          {decisionOf(line, t, locale) && <span className="fa-small">{decisionOf(line, t, locale)}</span>}
          {line.decisionReason && <span className="fa-small fa-quiet fa-wrapped">{line.decisionReason}</span>}
        </span>
      ),
    },
    {
      ...columns.text(
        'verdict',
        t('quarantine.verdict'),
        line => line.verdict && t(`quarantine.verdict.${line.verdict}`),
      ),
      ...only,
    },
    { ...columns.text('by', t('quarantine.decidedBy'), line => line.decidedBy), ...only },
    { ...columns.text('at', t('quarantine.decidedAt'), line => line.decidedAt), ...only },
    { ...columns.text('reason', t('act.reason'), line => line.decisionReason), ...only },
    {
      ...columns.text('landed', t('quarantine.landed'), line => t(line.isLanded ? 'product.yes' : 'product.no')),
      ...only,
    },
    { ...columns.text('correction', t('quarantine.correction'), line => asText(line.correction)), ...only },
    { ...columns.text('source', t('quarantine.source'), line => asText(line.sourceLine)), ...only },
  ];
}
