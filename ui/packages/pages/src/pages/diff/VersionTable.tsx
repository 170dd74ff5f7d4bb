import { Link } from 'react-router-dom';
import type { Schemas } from '../../api/client';
import { Card } from '../../components/Card';
import { Named, Quantity, useColumns } from '../../components/columns';
import { DataTable } from '../../components/DataTable';
import { usePages } from '../../context';
import { moment } from '../../format/months';
import { count } from '../../format/numbers';

export type VersionsData = Schemas['Versions'];
type Version = VersionsData['items'][number];

export interface VersionTableProps {
  data: VersionsData;
  /** Where a version is compared with the one before it. */
  compared: (older: number, newer: number) => string;
}

/** Every version that was published, the one that stands first. */
export function VersionTable({ data, compared }: VersionTableProps) {
  const { t, locale } = usePages();
  const columns = useColumns();
  const last = data.items.at(-1)?.version;
  const before = new Map(data.items.slice(1).map((item, place) => [item.version, data.items[place]?.version]));
  return (
    <Card title={t('diff.versions')}>
      <DataTable<Version>
        caption={t('diff.versions')}
        columns={[
          {
            ...columns.text('version', t('diff.number'), row => String(row.version)),
            cell: row => <Named label={row.version} note={row.version === last ? t('diff.stands') : null} />,
            isRowHeader: true,
          },
          {
            ...columns.text('published', t('diff.published'), row => row.publishedAt),
            cell: row => (
              <time dateTime={row.publishedAt} title={row.publishedAt}>
                {moment(row.publishedAt, locale)}
              </time>
            ),
          },
          {
            ...columns.text('rows', t('diff.rows'), row => String(row.rowCount)),
            cell: row => count(row.rowCount, locale),
            kind: 'decimal',
          },
          {
            ...columns.text('sum', t('diff.sum'), row => row.sumQuantity),
            cell: row => <Quantity value={row.sumQuantity} />,
            kind: 'decimal',
            isHiddenOnPhone: true,
          },
          {
            ...columns.text('run', t('diff.run'), row => row.runId),
            cell: row => <code title={row.runId}>{row.runId.slice(0, 8)}</code>,
            isHiddenOnPhone: true,
          },
          {
            ...columns.text('files', t('diff.files'), row => row.files.map(fileOf).join('; ')),
            cell: row => <Files of={row} />,
            isHiddenOnPhone: true,
          },
          {
            ...columns.text('compare', t('month.changes'), () => null),
            cell: row => {
              const older = before.get(row.version);
              return older === undefined ? (
                ''
              ) : (
                <Link to={compared(older, row.version)}>{t('diff.compare', { version: older })}</Link>
              );
            },
            isSortable: false,
            isNotInCsv: true,
          },
        ]}
        rows={[...data.items].reverse()}
        keyOf={row => String(row.version)}
        pageSize={20}
        isSearchable={false}
        csvName={`versions-${data.month}-${data.domainId}`}
      />
    </Card>
  );
}

function Files({ of: { files } }: { of: Version }) {
  const { t } = usePages();
  return (
    <ul className="fa-wrong">
      {files.map(file => (
        <li key={file.name} title={t('diff.file', { count: file.rows, sha: file.sha256 })}>
          {file.name}
        </li>
      ))}
    </ul>
  );
}

function fileOf({ name, sha256 }: Version['files'][number]): string {
  return `${name} ${sha256}`;
}
