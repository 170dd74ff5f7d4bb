import { Link } from 'react-router-dom';
import { usePages } from '../context';

export interface CrumbsProps {
  /** From the outermost inwards; the page itself is its title. */
  crumbs: readonly { label: string; to: string }[];
}

/** Where a page lies. */
export function Crumbs({ crumbs }: CrumbsProps) {
  const { t } = usePages();
  return (
    <nav className="fa-crumbs fa-no-print" aria-label={t('crumbs.label')}>
      <ol>
        {crumbs.map(({ label, to }) => (
          <li key={to}>
            <Link to={to}>{label}</Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}
