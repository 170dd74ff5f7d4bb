import { usePages } from '../../context';
import { positionOf } from '../../format/decimal';
import { longMonth, type Month } from '../../format/months';
import type { Measure } from '../../format/numbers';
import { FigureTable } from './FigureTable';
import { MonthPlot, type Frame } from './MonthPlot';
import { scaleOf } from './scale';

export interface TrendChartProps {
  label: string;
  months: readonly Month[];
  /** One a month, exact; null where there are no data. */
  values: readonly (string | null)[];
  measure: Measure;
  kind?: 'line' | 'bars' | 'steps';
  /** What is said of a month without a value, instead of that there are no data. */
  none?: (index: number) => string;
  /** More about a month: status, label of then. */
  note?: (index: number) => string | null;
  /** Closed months get a tick; a line that may still change is dashed. */
  isClosed?: (index: number) => boolean;
  /** The last month before an end. */
  ends?: Month | null;
  onSelect?: (month: Month) => void;
  isSelected?: (index: number) => boolean;
}

/** One number over months, as a line that breaks where there are no data, as bars, or as steps of what holds. */
export function TrendChart(props: TrendChartProps) {
  const { label, months, values, measure, kind = 'line', note, isClosed, ends, onSelect, isSelected } = props;
  const { t, locale } = usePages();
  const known = values.filter(value => value !== null).map(positionOf);
  const amount = (index: number) => {
    const text = values[index] ?? null;
    return text === null ? (props.none?.(index) ?? t('chart.noData')) : measure.shown(text);
  };
  const said = (index: number) => [amount(index), note?.(index)].filter(Boolean).join(', ');
  return (
    <figure className="fa-chart">
      <MonthPlot
        label={label}
        months={months}
        scale={scaleOf(known)}
        tick={measure.tick}
        isGap={index => (values[index] ?? null) === null}
        isClosed={isClosed}
        ends={ends}
        onSelect={onSelect}
        {...(isSelected ? { isSelected } : {})}
        said={said}
        detail={index => (
          <>
            <span className="fa-detail-amount">{amount(index)}</span>
            {note?.(index) && <span className="fa-quiet">{note(index)}</span>}
          </>
        )}
      >
        {frame => {
          if (kind === 'steps') return <Steps {...{ frame, values }} />;
          return kind === 'bars' ? <Bars {...{ frame, values }} /> : <Line {...{ frame, values, isClosed }} />;
        }}
      </MonthPlot>
      <FigureTable
        caption={label}
        heads={[t('chart.month'), t('chart.total')]}
        lines={months.map((month, index) => {
          const text = values[index] ?? null;
          const cell =
            text === null ? (
              '—'
            ) : (
              <data value={text} title={measure.exact(text)}>
                {measure.shown(text)}
              </data>
            );
          return [longMonth(month, locale), cell];
        })}
      />
    </figure>
  );
}

interface DrawnProps {
  frame: Frame;
  values: readonly (string | null)[];
  isClosed: ((index: number) => boolean) | undefined;
}

function Bars({ frame, values }: Omit<DrawnProps, 'isClosed'>) {
  const width = Math.min(48, frame.column * 0.68);
  return (
    <>
      {values.map((text, index) => {
        if (text === null) return null;
        const end = frame.y(positionOf(text));
        return (
          <g key={index} className="fa-bars">
            <rect
              style={{ fill: 'var(--fa-series-1)' }}
              x={frame.x(index) - width / 2}
              width={width}
              y={Math.min(end, frame.y(0))}
              height={Math.abs(frame.y(0) - end)}
            />
          </g>
        );
      })}
    </>
  );
}

// a price holds for the whole of its month
function Steps({ frame, values }: Omit<DrawnProps, 'isClosed'>) {
  const half = frame.column / 2;
  return (
    <>
      {values.map((text, index) => {
        if (text === null) return null;
        const y = frame.y(positionOf(text));
        const before = values[index - 1] ?? null;
        const left = frame.x(index) - half;
        return (
          <g key={index}>
            {before !== null && before !== text && (
              <line className="fa-line" x1={left} y1={frame.y(positionOf(before))} x2={left} y2={y} />
            )}
            <line className="fa-line" x1={left} y1={y} x2={left + frame.column} y2={y} />
          </g>
        );
      })}
    </>
  );
}

function Line({ frame, values, isClosed }: DrawnProps) {
  const points = values.map((text, index) =>
    text === null ? null : { index, x: frame.x(index), y: frame.y(positionOf(text)) },
  );
  return (
    <>
      {points.map((point, index) => {
        const before = points[index - 1];
        if (!point || !before) return null;
        return (
          <line
            key={index}
            className="fa-line"
            data-provisional={(isClosed && !isClosed(index)) || undefined}
            x1={before.x}
            y1={before.y}
            x2={point.x}
            y2={point.y}
          />
        );
      })}
      {points.map(
        point =>
          point && (
            <circle
              key={point.index}
              className="fa-point"
              data-provisional={(isClosed && !isClosed(point.index)) || undefined}
              cx={point.x}
              cy={point.y}
              r={3.5}
            />
          ),
      )}
    </>
  );
}
