import { Fragment } from 'react';
import { usePages } from '../../context';
import { positionOf, signOf, sumOfDecimals } from '../../format/decimal';
import { longMonth, type Month } from '../../format/months';
import { exactMoney, money, shortMoney } from '../../format/numbers';
import { FigureTable } from './FigureTable';
import { Legend } from './Legend';
import { MonthPlot, type Frame } from './MonthPlot';
import { coloursOf, seriesColour, SERIES_COUNT } from './palette';
import { scaleOf } from './scale';

export interface Series {
  id: string;
  label: string;
  /** Which colour it would have, on this and on every chart; by default its place among the series. */
  place?: number;
  /** One a month, exact; null where there are no data. */
  values: readonly (string | null)[];
}

export interface StackedBarsProps {
  label: string;
  months: readonly Month[];
  series: readonly Series[];
  currency: string;
  /** Closed months get a tick. */
  isClosed?: (index: number) => boolean;
  onSelect?: (month: Month) => void;
  isSelected?: (index: number) => boolean;
}

interface Segment {
  id: string;
  colour: string;
  from: number;
  to: number;
}

/** Amounts of several things over months, one upon the other; credits hang below zero. */
export function StackedBars({ label, months, series, currency, isClosed, onSelect, isSelected }: StackedBarsProps) {
  const { t, locale } = usePages();
  const drawn = withOthers(series, months.length, t('chart.others'));
  const columns = months.map((_, index) => segmentsOf(drawn, index));
  const ends = columns.flatMap(segments => segments.flatMap(({ from, to }) => [from, to]));
  const totals = months.map((_, index) => totalAt(series, index));
  const amount = (text: string | null | undefined) =>
    text === null || text === undefined ? t('chart.noData') : money(text, currency, locale);

  const bars = (frame: Frame) =>
    columns.map((segments, index) => (
      <g key={months[index]} className="fa-bars">
        {segments.map(({ id, colour, from, to }) => (
          <rect
            key={id}
            style={{ fill: colour }}
            x={frame.x(index) - barWidth(frame) / 2}
            width={barWidth(frame)}
            y={Math.min(frame.y(from), frame.y(to))}
            height={Math.abs(frame.y(from) - frame.y(to))}
          />
        ))}
      </g>
    ));

  return (
    <figure className="fa-chart">
      <MonthPlot
        label={label}
        months={months}
        scale={scaleOf(ends)}
        tick={text => shortMoney(text, currency, locale)}
        isGap={index => totals[index] === null}
        isClosed={isClosed}
        onSelect={onSelect}
        {...(isSelected ? { isSelected } : {})}
        said={index => [amount(totals[index]), ...(isClosed?.(index) ? [t('status.closed')] : [])].join(', ')}
        detail={index => (
          <dl className="fa-detail">
            {drawn.map(({ id, label: name, values, colour }) =>
              values[index] === null ? null : (
                <Fragment key={id}>
                  <dt>
                    <span className="fa-swatch" style={{ background: colour }} />
                    {name}
                  </dt>
                  <dd>{amount(values[index])}</dd>
                </Fragment>
              ),
            )}
            <dt className="fa-detail-total">{t('chart.total')}</dt>
            <dd className="fa-detail-total">{amount(totals[index])}</dd>
          </dl>
        )}
      >
        {bars}
      </MonthPlot>
      <Legend
        entries={drawn}
        hasGaps={totals.some(total => total === null)}
        hasClosed={months.some((_, index) => isClosed?.(index))}
      />
      <FigureTable
        caption={label}
        heads={[t('chart.month'), ...series.map(({ label: name }) => name), t('chart.total')]}
        lines={months.map((month, index) => [
          longMonth(month, locale),
          ...series.map(({ values }) => figure(values[index], currency, locale)),
          figure(totals[index], currency, locale),
        ])}
      />
    </figure>
  );
}

interface Drawn extends Series {
  colour: string;
}

/** As many series as there are colours; what is beyond is added up. */
function withOthers(series: readonly Series[], months: number, others: string): Drawn[] {
  const own = series.length > SERIES_COUNT ? series.slice(0, SERIES_COUNT - 1) : series;
  const rest = series.slice(own.length);
  const colours = coloursOf(own.map(({ place }, index) => place ?? index));
  const drawn = own.map((one, index) => ({ ...one, colour: seriesColour(colours[index] ?? index) }));
  if (rest.length === 0) return drawn;
  const values = Array.from({ length: months }, (_, index) => totalAt(rest, index));
  return [...drawn, { id: '\u0000others', label: `${others} (${rest.length})`, values, colour: seriesColour(null) }];
}

function totalAt(series: readonly Series[], index: number): string | null {
  const known = series.map(({ values }) => values[index] ?? null).filter(value => value !== null);
  return known.length ? sumOfDecimals(known) : null;
}

function segmentsOf(series: readonly Drawn[], index: number): Segment[] {
  let up = 0;
  let down = 0;
  return series.flatMap(({ id, colour, values }) => {
    const text = values[index] ?? null;
    if (text === null || signOf(text) === 0) return [];
    const value = positionOf(text);
    const from = value > 0 ? up : down;
    if (value > 0) up += value;
    else down += value;
    return [{ id, colour, from, to: from + value }];
  });
}

function figure(text: string | null | undefined, currency: string, locale: string) {
  if (text === null || text === undefined) return '—';
  return (
    <data value={text} title={exactMoney(text, currency, locale)}>
      {money(text, currency, locale)}
    </data>
  );
}

function barWidth({ column }: Frame): number {
  return Math.min(48, column * 0.68);
}
