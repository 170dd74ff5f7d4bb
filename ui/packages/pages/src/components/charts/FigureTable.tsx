import { type ReactNode } from 'react';
import { usePages } from '../../context';

export interface FigureTableProps {
  caption: string;
  heads: readonly string[];
  /** The first cell of a line names it. */
  lines: readonly (readonly ReactNode[])[];
}

/** The figures of a chart, for those who want to read, hear or copy them. */
export function FigureTable({ caption, heads, lines }: FigureTableProps) {
  const { t } = usePages();
  return (
    <details className="fa-figures">
      <summary>{t('chart.table')}</summary>
      <div className="fa-table-scroll" role="group" aria-label={caption} tabIndex={0}>
        <table className="fa-table">
          <caption className="fa-hidden">{caption}</caption>
          <thead>
            <tr>
              {heads.map((head, place) => (
                <th key={head} scope="col" data-kind={place ? 'decimal' : 'text'}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((cells, line) => (
              <tr key={line}>
                <th scope="row">{cells[0]}</th>
                {cells.slice(1).map((cell, place) => (
                  <td key={place} data-kind="decimal">
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
