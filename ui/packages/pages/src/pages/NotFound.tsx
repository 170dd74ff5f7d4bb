import { Link } from 'react-router-dom';
import { usePages } from '../context';

/** An address that no page has. */
export function NotFound() {
  const { t, base } = usePages();
  return (
    <div className="fa-page">
      <section className="fa-notice" data-tone="neutral">
        <h1 className="fa-notice-title">{t('notFound.title')}</h1>
        <p>{t('notFound.text')}</p>
        <p>
          <Link to={`${base}/`}>{t('notFound.back')}</Link>
        </p>
      </section>
    </div>
  );
}
