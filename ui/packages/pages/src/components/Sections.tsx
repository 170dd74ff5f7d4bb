import { useEffect, useRef } from 'react';
import { NavLink, useLocation } from 'react-router-dom';
import { usePages } from '../context';

export interface Section {
  to: string;
  label: string;
}

export interface SectionsProps {
  sections: readonly Section[];
  /** `?…` that links keep: the filters. */
  search: string;
}

/** Links to the sections; the one that is open is marked, and scrolled to on a phone. */
export function Sections({ sections, search }: SectionsProps) {
  const { t } = usePages();
  const list = useRef<HTMLUListElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    const open = list.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (open && list.current) list.current.scrollLeft = open.offsetLeft - 24;
  }, [pathname]);
  return (
    <nav className="fa-sections fa-no-print" aria-label={t('app.sections')}>
      <ul ref={list}>
        {sections.map(({ to, label }) => (
          <li key={to}>
            <NavLink className="fa-section" to={{ pathname: to, search }}>
              {label}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
