import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { usePages } from '../../context';
import { axisMonth, longMonth, type Month } from '../../format/months';
import { type Scale } from './scale';
import { useWidth } from './useWidth';

const HEIGHT = 232;
const TOP = 10;
const BOTTOM = 40;
const CLOSED = 12;
const AXIS = 60;
// a finger's width, and WCAG's least target
const LEAST_COLUMN = 26;

export interface Frame {
  /** The middle of a month's column. */
  x: (index: number) => number;
  y: (value: number) => number;
  /** How wide a column is, its margins included. */
  column: number;
}

export interface MonthPlotProps {
  /** What the chart shows, for those who do not see it. */
  label: string;
  months: readonly Month[];
  scale: Scale;
  /** How the numbers of the axis are written. */
  tick: (text: string) => string;
  /** Months without data: hatched, never drawn as zero. */
  isGap: (index: number) => boolean;
  /** Months that are closed get a tick. */
  isClosed?: ((index: number) => boolean) | undefined;
  /** The last month before an end, which is drawn as a line after it. */
  ends?: Month | null | undefined;
  /** What a month says when it is pointed at. */
  detail: (index: number) => ReactNode;
  /** The same in one sentence. */
  said: (index: number) => string;
  onSelect?: ((month: Month) => void) | undefined;
  /** The months that are looked at. */
  isSelected?: (index: number) => boolean;
  children: (frame: Frame) => ReactNode;
}

/** The frame of a chart over months: axes, gaps, and a button for each month, gone through by the arrow keys. */
export function MonthPlot(props: MonthPlotProps) {
  const {
    label,
    months,
    scale,
    tick: written,
    isGap,
    isClosed,
    ends,
    detail,
    said,
    onSelect,
    isSelected,
    children,
  } = props;
  const { t, locale } = usePages();
  const hatch = useId();
  const [box, width] = useWidth<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement>(null);
  const buttons = useRef<(HTMLButtonElement | null)[]>([]);
  const [pointed, setPointed] = useState<number | null>(null);
  const [inTabOrder, setInTabOrder] = useState<number | null>(null);

  const room = Math.max(0, width - AXIS);
  const column = Math.max(LEAST_COLUMN, room / Math.max(1, months.length));
  const plot = column * months.length;
  const bottom = BOTTOM + (months.some((_, index) => isClosed?.(index)) ? CLOSED : 0);
  const frame: Frame = {
    column,
    x: index => (index + 0.5) * column,
    y: value => TOP + (1 - scale.at(value)) * (HEIGHT - TOP - bottom),
  };
  const zero = frame.y(0);
  const tabbable = Math.min(inTabOrder ?? months.length - 1, months.length - 1);
  // where all are looked at, none stands out
  const isMarked = (index: number) => Boolean(isSelected?.(index)) && !months.every((_, each) => isSelected?.(each));
  const last = ends && ends <= (months.at(-1) ?? '') ? months.findLastIndex(month => month <= ends) : -1;
  const end = last >= 0 ? (last + 1) * column : null;
  const everyNth = Math.ceil(34 / column);

  // the newest months are what is looked for
  useEffect(() => {
    if (scroller.current) scroller.current.scrollLeft = plot;
  }, [plot]);

  const onKeyDown = (event: KeyboardEvent) => {
    const next = { ArrowLeft: tabbable - 1, ArrowRight: tabbable + 1, Home: 0, End: months.length - 1 }[event.key];
    if (event.key === 'Escape') setPointed(null);
    if (next === undefined || next < 0 || next >= months.length) return;
    event.preventDefault();
    setInTabOrder(next);
    buttons.current[next]?.focus();
  };

  return (
    <div className="fa-plot" ref={box} role="group" aria-label={`${label}. ${t('chart.help')}`}>
      <svg className="fa-plot-axis" width={AXIS} height={HEIGHT} aria-hidden="true">
        {scale.ticks.map(tick => (
          <text key={tick} x={AXIS - 8} y={frame.y(Number(tick)) + 4} textAnchor="end">
            {written(tick)}
          </text>
        ))}
      </svg>
      <div
        className="fa-plot-scroll"
        ref={scroller}
        onKeyDown={onKeyDown}
        onMouseLeave={() => setPointed(null)}
        tabIndex={-1}
      >
        <div className="fa-plot-room" style={{ width: plot, height: HEIGHT }}>
          <svg
            width={plot}
            height={HEIGHT}
            viewBox={`0 0 ${plot} ${HEIGHT}`}
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            <defs>
              <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <line className="fa-plot-hatch" x1="0" y1="0" x2="0" y2="6" />
              </pattern>
            </defs>
            {scale.ticks.map(tick => (
              <line
                key={tick}
                className="fa-plot-grid"
                x1={0}
                x2={plot}
                y1={frame.y(Number(tick))}
                y2={frame.y(Number(tick))}
              />
            ))}
            {months.map((month, index) => (
              <g key={month}>
                {(isMarked(index) || pointed === index) && (
                  <rect
                    className="fa-plot-band"
                    data-pointed={pointed === index || undefined}
                    x={index * column}
                    y={TOP}
                    width={column}
                    height={HEIGHT - TOP - bottom}
                  />
                )}
                {isGap(index) && (
                  <rect
                    fill={`url(#${hatch})`}
                    x={index * column + column * 0.16}
                    y={TOP}
                    width={column * 0.68}
                    height={HEIGHT - TOP - bottom}
                  />
                )}
                {isClosed?.(index) && (
                  <text className="fa-plot-closed" x={frame.x(index)} y={HEIGHT - 22 - CLOSED} textAnchor="middle">
                    ✓
                  </text>
                )}
                {(months.length - 1 - index) % everyNth === 0 && (
                  <text className="fa-plot-month" x={frame.x(index)} y={HEIGHT - 22} textAnchor="middle">
                    {axisMonth(month, locale)}
                  </text>
                )}
                {(index === 0 || month.endsWith('-01')) && (
                  <text className="fa-plot-year" x={frame.x(index)} y={HEIGHT - 6} textAnchor="middle">
                    {month.slice(0, 4)}
                  </text>
                )}
              </g>
            ))}
            {children(frame)}
            {end !== null && <line className="fa-plot-end" x1={end} x2={end} y1={TOP} y2={HEIGHT - BOTTOM} />}
            <line className="fa-plot-zero" x1={0} x2={plot} y1={zero} y2={zero} />
          </svg>
          {months.map((month, index) => (
            <button
              key={month}
              ref={button => {
                buttons.current[index] = button;
              }}
              type="button"
              className="fa-plot-month-button"
              style={{ left: index * column, width: column }}
              tabIndex={index === tabbable ? 0 : -1}
              aria-label={`${longMonth(month, locale)}: ${said(index)}`}
              aria-current={isSelected?.(index) ? 'true' : undefined}
              onClick={() => (onSelect ? onSelect(month) : setPointed(index))}
              onFocus={() => {
                setPointed(index);
                setInTabOrder(index);
              }}
              onBlur={() => setPointed(null)}
              onMouseEnter={() => setPointed(index)}
            />
          ))}
        </div>
      </div>
      {pointed !== null && months[pointed] && (
        <div className="fa-plot-detail" aria-hidden="true" data-side={pointed < months.length / 2 ? 'right' : 'left'}>
          <strong>{longMonth(months[pointed], locale)}</strong>
          {detail(pointed)}
        </div>
      )}
    </div>
  );
}
