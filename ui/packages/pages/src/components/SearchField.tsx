import { useEffect, useId, useRef, useState } from 'react';
import { usePages } from '../context';

const PAUSE_MS = 250;

export interface SearchFieldProps {
  value: string;
  /** What can be searched by. */
  placeholder: string;
  onChange: (text: string) => void;
}

/** A search that the API does: asked once one stops typing. */
export function SearchField({ value, placeholder, onChange }: SearchFieldProps) {
  const { t } = usePages();
  const id = useId();
  const [text, setText] = useState(value);
  const asked = useRef(value);
  useEffect(() => {
    if (text.trim() === value) return undefined;
    const timer = setTimeout(() => {
      asked.current = text.trim();
      onChange(text.trim());
    }, PAUSE_MS);
    return () => clearTimeout(timer);
    // only what is typed starts the clock
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [text]);
  // a value that was not typed comes from going back, or from a reset
  useEffect(() => {
    if (value !== asked.current) setText(value);
    asked.current = value;
  }, [value]);
  return (
    <div className="fa-filter fa-search">
      <label htmlFor={id}>{t('table.search')}</label>
      <input
        className="fa-input"
        id={id}
        type="search"
        placeholder={placeholder}
        value={text}
        onChange={event => setText(event.target.value)}
      />
    </div>
  );
}
