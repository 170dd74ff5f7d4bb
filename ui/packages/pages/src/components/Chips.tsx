import { usePages } from '../context';
import { count as written } from '../format/numbers';

export interface Chip<T extends string> {
  id: T;
  label: string;
  /** How many there are of it. */
  count: number;
}

export interface ChipsProps<T extends string> {
  label: string;
  chips: readonly Chip<T>[];
  chosen: T;
  onChange: (id: T) => void;
}

/** One of a few kinds, each with how many there are of it. */
export function Chips<T extends string>({ label, chips, chosen, onChange }: ChipsProps<T>) {
  const { locale } = usePages();
  return (
    <div className="fa-chips" role="group" aria-label={label}>
      {chips.map(({ id, label: name, count }) => (
        <button key={id} type="button" className="fa-chip" aria-pressed={id === chosen} onClick={() => onChange(id)}>
          {name} <span className="fa-chip-count">{written(count, locale)}</span>
        </button>
      ))}
    </div>
  );
}
