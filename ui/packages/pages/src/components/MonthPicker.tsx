import { useId } from 'react';
import { usePages } from '../context';
import { longMonth, shifted, type Month } from '../format/months';

export interface MonthChange {
  month: Month | null;
  from: Month | null;
  to: Month | null;
}

export interface MonthPickerProps {
  /** The months that can be chosen, in order. */
  months: readonly Month[];
  from: Month | null;
  to: Month | null;
  isRange: boolean;
  allowsRange?: boolean;
  onChange: (change: MonthChange) => void;
}

const YEAR = 11;

/** One month, with the one before and after it a step away; or a range of months. */
export function MonthPicker({ months, from, to, isRange, allowsRange = true, onChange }: MonthPickerProps) {
  const { t } = usePages();
  const single = (month: Month) => onChange({ month, from: null, to: null });
  const range = (first: Month, last: Month) =>
    onChange(first <= last ? { month: null, from: first, to: last } : { month: null, from: last, to: first });
  const place = to ? months.indexOf(to) : -1;
  const before = months[place - 1];
  const after = place >= 0 ? months[place + 1] : undefined;
  const toggle = () => {
    if (!to) return;
    if (isRange) single(to);
    else range([months[0] ?? to, shifted(to, -YEAR)].sort().at(-1) ?? to, to);
  };
  return (
    <div className="fa-months">
      {isRange ? (
        <>
          <MonthSelect
            label={t('filters.from')}
            months={months}
            value={from}
            onChange={first => range(first, to ?? first)}
          />
          <MonthSelect
            label={t('filters.to')}
            months={months}
            value={to}
            onChange={last => range(from ?? last, last)}
          />
        </>
      ) : (
        <div className="fa-stepper">
          <MonthSelect label={t('filters.month')} months={months} value={to} onChange={single} />
          <button
            type="button"
            className="fa-step"
            disabled={!before}
            aria-label={t('filters.previousMonth')}
            onClick={() => before && single(before)}
          >
            ‹
          </button>
          <button
            type="button"
            className="fa-step"
            disabled={!after}
            aria-label={t('filters.nextMonth')}
            onClick={() => after && single(after)}
          >
            ›
          </button>
        </div>
      )}
      {allowsRange && (
        <button type="button" className="fa-link-button" disabled={!to} onClick={toggle}>
          {t(isRange ? 'filters.oneMonth' : 'filters.severalMonths')}
        </button>
      )}
    </div>
  );
}

interface MonthSelectProps {
  label: string;
  months: readonly Month[];
  value: Month | null;
  onChange: (month: Month) => void;
}

function MonthSelect({ label, months, value, onChange }: MonthSelectProps) {
  const { locale } = usePages();
  const id = useId();
  // a month of the URL that is not among them is still the one that is shown
  const all = value && !months.includes(value) ? [...months, value].sort() : months;
  return (
    <div className="fa-filter">
      <label htmlFor={id}>{label}</label>
      <select className="fa-input" id={id} value={value ?? ''} onChange={event => onChange(event.target.value)}>
        {value === null && <option value="">—</option>}
        {[...all].reverse().map(month => (
          <option key={month} value={month}>
            {longMonth(month, locale)}
          </option>
        ))}
      </select>
    </div>
  );
}
