import { useEffect, useId, useMemo, useState, type MouseEvent, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { Link, useNavigate } from 'react-router-dom';
import { Button } from '@backstage/ui';
import { asProblem, type ProblemError } from '../api/problem';
import { usePages } from '../context';
import { compareDecimals } from '../format/decimal';
import { csvOf, download } from './csv';
import { Pager } from './Pager';
import { ProblemNotice } from './States';

export interface Column<Row> {
  id: string;
  header: string;
  /** What is shown. */
  cell: (row: Row) => ReactNode;
  /** What is sorted by and written to CSV: a text, an exact decimal, or null, which always comes last. */
  value: (row: Row) => string | null;
  kind?: 'text' | 'decimal';
  /** Names the row for those who hear the table. */
  isRowHeader?: boolean;
  isHiddenOnPhone?: boolean;
  /** Not shown: found by a search, and in the download. */
  isOnlyInCsv?: boolean;
  /** Shown, and not in the download: what one does with a row. */
  isNotInCsv?: boolean;
  isSortable?: boolean;
  /** In the place of the header's text, where the column is not sorted by. */
  head?: ReactNode;
}

export interface Sort {
  column: string;
  isDescending: boolean;
}

export interface DataTableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Where a row leads: its header is the link, and a click anywhere on it follows. */
  hrefOf?: (row: Row) => string | null;
  sort?: Sort;
  pageSize?: number;
  /** Offers a search over the texts of the rows; by default where there is more than one page. */
  isSearchable?: boolean;
  /** The file's name without its ending; no download without it. */
  csvName?: string;
  /** How many rows there are, where these are one page of them, if that is known; and all of them, for the download. */
  whole?: { count: number | null; load: () => Promise<readonly Row[]> };
  /** Rows below the rows: totals and remainders, one cell a column. */
  foot?: readonly (readonly ReactNode[])[];
}

/** A table: sortable, paged, searchable, downloadable whole; printed whole. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, keyOf, hrefOf, pageSize = 50, csvName, foot = [] } = props;
  const { t, locale } = usePages();
  const searchId = useId();
  const visible = useMemo(() => columns.filter(column => !column.isOnlyInCsv), [columns]);
  const [sort, setSort] = useState<Sort | null>(props.sort ?? null);
  const [search, setSearch] = useState('');
  const [page, setPage] = useState(0);
  const [error, setError] = useState<ProblemError | null>(null);
  const isPrinting = usePrinting();
  const isSearchable = props.isSearchable ?? rows.length > pageSize;

  const found = useMemo(() => matching(rows, columns, search), [rows, columns, search]);
  const sorted = useMemo(() => inOrder(found, columns, sort, locale), [found, columns, sort, locale]);
  const pages = Math.max(1, Math.ceil(sorted.length / pageSize));
  const current = Math.min(page, pages - 1);
  const shown = isPrinting ? sorted : sorted.slice(current * pageSize, (current + 1) * pageSize);

  const sortBy = (column: Column<Row>) => {
    const isSame = sort?.column === column.id;
    setSort({ column: column.id, isDescending: isSame ? !sort.isDescending : column.kind === 'decimal' });
    setPage(0);
  };
  const save = async () => {
    setError(null);
    const all = props.whole ? await props.whole.load() : rows;
    const written = columns.filter(column => !column.isNotInCsv);
    const lines = inOrder(all, columns, sort, locale).map(row => written.map(column => column.value(row)));
    download(`${csvName}.csv`, csvOf([written.map(column => column.header), ...lines]));
  };

  return (
    <div className="fa-table-box" data-bare={!isSearchable || undefined}>
      {(isSearchable || csvName) && (
        <div className="fa-table-tools fa-no-print">
          {isSearchable && (
            <>
              <label className="fa-hidden" htmlFor={searchId}>
                {t('table.search')}
              </label>
              <input
                className="fa-input"
                id={searchId}
                type="search"
                placeholder={t('table.search')}
                value={search}
                onChange={event => {
                  setSearch(event.target.value);
                  setPage(0);
                }}
              />
            </>
          )}
          <span className="fa-quiet fa-small" role="status">
            {props.whole?.count !== null && t('table.rows', { count: props.whole?.count ?? sorted.length })}
          </span>
          {csvName && (
            <Button
              size="small"
              variant="tertiary"
              onPress={() => void save().catch((thrown: unknown) => setError(asProblem(thrown)))}
              aria-label={`${t('table.csv.hint')}: ${caption}`}
            >
              {t('table.csv')}
            </Button>
          )}
        </div>
      )}
      {error && <ProblemNotice error={error} />}
      <div className="fa-table-scroll" role="group" aria-label={caption} tabIndex={0}>
        <table className="fa-table">
          <caption className="fa-hidden">{caption}</caption>
          <thead>
            <tr>
              {visible.map(column => (
                <HeaderCell key={column.id} column={column} sort={sort} onSort={() => sortBy(column)} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(row => (
              <Line key={keyOf(row)} row={row} columns={visible} href={hrefOf?.(row) ?? null} />
            ))}
            {sorted.length === 0 && (
              <tr>
                <td className="fa-table-empty" colSpan={visible.length}>
                  {search ? t('table.noMatch', { search }) : t('table.empty')}
                </td>
              </tr>
            )}
          </tbody>
          {foot.length > 0 && !search && (
            <tfoot>
              {foot.map((cells, line) => (
                <tr key={line}>
                  {visible.map((column, place) => (
                    <Cell key={column.id} column={column}>
                      {cells[place]}
                    </Cell>
                  ))}
                </tr>
              ))}
            </tfoot>
          )}
        </table>
      </div>
      {pages > 1 && (
        <Pager
          first={current * pageSize + 1}
          last={Math.min(sorted.length, (current + 1) * pageSize)}
          total={sorted.length}
          onPrevious={current > 0 ? () => setPage(current - 1) : null}
          onNext={current < pages - 1 ? () => setPage(current + 1) : null}
        />
      )}
    </div>
  );
}

interface LineProps<Row> {
  row: Row;
  columns: readonly Column<Row>[];
  href: string | null;
}

function Line<Row>({ row, columns, href }: LineProps<Row>) {
  const navigate = useNavigate();
  const follow = (event: MouseEvent<HTMLTableRowElement>) => {
    const isOnLink = event.target instanceof Element && event.target.closest('a, button, input, select, summary');
    if (href && !isOnLink && !event.defaultPrevented && !window.getSelection()?.toString()) navigate(href);
  };
  return (
    <tr data-linked={href !== null || undefined} onClick={href ? follow : undefined}>
      {columns.map(column => (
        <Cell key={column.id} column={column}>
          {href && column.isRowHeader ? (
            <Link className="fa-row-link" to={href}>
              {column.cell(row)}
            </Link>
          ) : (
            column.cell(row)
          )}
        </Cell>
      ))}
    </tr>
  );
}

interface HeaderCellProps<Row> {
  column: Column<Row>;
  sort: Sort | null;
  onSort: () => void;
}

function HeaderCell<Row>({ column, sort, onSort }: HeaderCellProps<Row>) {
  const { t } = usePages();
  const isSorted = sort?.column === column.id;
  const direction = isSorted ? (sort.isDescending ? 'descending' : 'ascending') : undefined;
  return (
    <th scope="col" {...marksOf(column)} aria-sort={direction}>
      {column.isSortable === false ? (
        (column.head ?? column.header)
      ) : (
        <button className="fa-sort" type="button" title={t('table.sort', { column: column.header })} onClick={onSort}>
          {column.header}
          <span aria-hidden="true" className="fa-sort-mark" data-direction={direction ?? 'none'}>
            {direction === 'ascending' ? '↑' : '↓'}
          </span>
        </button>
      )}
    </th>
  );
}

function Cell<Row>({ column, children }: { column: Column<Row>; children: ReactNode }) {
  if (column.isRowHeader) {
    return (
      <th scope="row" {...marksOf(column)}>
        {children}
      </th>
    );
  }
  return <td {...marksOf(column)}>{children}</td>;
}

function marksOf<Row>(column: Column<Row>) {
  return { 'data-kind': column.kind ?? 'text', 'data-phone': column.isHiddenOnPhone ? 'hidden' : undefined };
}

function matching<Row>(rows: readonly Row[], columns: readonly Column<Row>[], search: string): readonly Row[] {
  const wanted = folded(search.trim());
  if (!wanted) return rows;
  const texts = columns.filter(column => column.kind !== 'decimal');
  return rows.filter(row => texts.some(column => folded(column.value(row) ?? '').includes(wanted)));
}

function inOrder<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | null,
  locale: string,
): readonly Row[] {
  const column = columns.find(({ id }) => id === sort?.column);
  if (!sort || !column) return rows;
  const collator = new Intl.Collator(locale, { numeric: true });
  const compare = column.kind === 'decimal' ? compareDecimals : collator.compare;
  const direction = sort.isDescending ? -1 : 1;
  return rows
    .map(row => ({ row, value: column.value(row) }))
    .sort((one, other) => {
      if (one.value === null || other.value === null) return Number(one.value === null) - Number(other.value === null);
      return direction * compare(one.value, other.value);
    })
    .map(({ row }) => row);
}

// `é` is found by `e`
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    // the browser takes its picture as soon as this returns
    const before = () => flushSync(() => setPrinting(true));
    const after = () => setPrinting(false);
    window.addEventListener('beforeprint', before);
    window.addEventListener('afterprint', after);
    return () => {
      window.removeEventListener('beforeprint', before);
      window.removeEventListener('afterprint', after);
    };
  }, []);
  return isPrinting;
}
