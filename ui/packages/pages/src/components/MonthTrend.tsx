import type { Schemas } from '../api/client';
import { usePages } from '../context';
import type { Month } from '../format/months';
import { amounts } from '../format/numbers';
import { TrendChart } from './charts/TrendChart';

export interface MonthTrendProps {
  label: string;
  months: readonly Schemas['MonthAmount'][];
  /** The months that are looked at. */
  shown?: { from: Month; to: Month };
  onSelect?: (month: Month) => void;
}

/** Months of one thing as bars: closed ones marked, those without data as what they are. */
export function MonthTrend({ label, months, shown, onSelect }: MonthTrendProps) {
  const { t, locale } = usePages();
  const noteOf = (index: number): string | null => {
    const one = months[index];
    if (!one) return null;
    return !one.hasData && one.state ? t(`slice.${one.state}`) : t(`status.${one.status}`);
  };
  return (
    <TrendChart
      label={label}
      months={months.map(({ month }) => month)}
      values={months.map(({ hasData, amount }) => (hasData ? amount.amount : null))}
      measure={amounts(months[0]?.amount.currency ?? 'EUR', locale)}
      kind="bars"
      note={noteOf}
      isClosed={index => months[index]?.status === 'closed'}
      isSelected={index => {
        const month = months[index]?.month;
        return month !== undefined && shown !== undefined && shown.from <= month && month <= shown.to;
      }}
      {...(onSelect ? { onSelect } : {})}
    />
  );
}
