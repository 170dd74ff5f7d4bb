import { usePages } from '../../context';

export interface LegendProps {
  entries: readonly { id: string; label: string; colour: string }[];
  hasGaps: boolean;
  hasClosed: boolean;
}

/** Which colour is what. */
export function Legend({ entries, hasGaps, hasClosed }: LegendProps) {
  const { t } = usePages();
  return (
    <ul className="fa-legend">
      {entries.map(({ id, label, colour }) => (
        <li key={id}>
          <span className="fa-swatch" style={{ background: colour }} />
          {label}
        </li>
      ))}
      {hasGaps && (
        <li>
          <span className="fa-swatch fa-swatch-gap" />
          {t('chart.gap')}
        </li>
      )}
      {hasClosed && (
        <li>
          <span className="fa-plot-closed">✓</span> {t('chart.closed')}
        </li>
      )}
    </ul>
  );
}
