export interface ToggleProps<T extends string> {
  label: string;
  options: readonly (readonly [T, string])[];
  chosen: T;
  onChange: (id: T) => void;
}

/** One of two or three ways to look at the same. */
export function Toggle<T extends string>({ label, options, chosen, onChange }: ToggleProps<T>) {
  return (
    <div className="fa-toggle fa-no-print" role="group" aria-label={label}>
      {options.map(([id, text]) => (
        <button key={id} type="button" aria-pressed={id === chosen} onClick={() => onChange(id)}>
          {text}
        </button>
      ))}
    </div>
  );
}
