import { usePages } from '../../context';
import { moment } from '../../format/months';
import type { Holding } from './holding';

/** The run that published a slice, and its source files. */
export function SliceSource({ slice }: { slice: Holding['slice'] }) {
  const { t, locale } = usePages();
  return (
    <div className="fa-source fa-small">
      <span>
        {t('explain.run', { version: slice.version, moment: moment(slice.publishedAt, locale) })}{' '}
        <code title={slice.runId}>{slice.runId.slice(0, 8)}</code>
        {slice.newestVersion > slice.version && ` · ${t('explain.newer', { version: slice.newestVersion })}`}
      </span>
      {slice.files.length > 0 && (
        <ul aria-label={t('explain.files')}>
          {slice.files.map(({ name, rows, sha256 }) => (
            <li key={name}>
              <code className="fa-file">{name}</code> <span>{t('explain.rows', { count: rows })}</span>{' '}
              <code title={t('explain.sha', { sha: sha256 })}>{sha256.slice(0, 8)}…</code>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
