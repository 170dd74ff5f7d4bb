import { answerOf } from '../../api/client';
import { ActDialog } from '../../components/ActDialog';
import { usePages } from '../../context';
import { toldOf, type LineValue } from './lines';

const MOST = 5;

export interface DecideDialogProps {
  lines: readonly LineValue[];
  verdict: 'ACCEPT' | 'REJECT';
  onClose: () => void;
  /** It was done; what to tell of it. */
  onDone: (told: string) => void;
}

/** Takes lines as they are, or leaves them out for good. */
export function DecideDialog({ lines, verdict, onClose, onDone }: DecideDialogProps) {
  const { client, t, locale } = usePages();
  const count = lines.length;
  const act = async (reason: string) => {
    const body = { ids: lines.map(({ quarantineId }) => quarantineId), verdict, reason };
    const { items } = await answerOf(client.POST('/quarantine/decisions', { body }));
    onDone(toldOf(verdict, items, t, locale));
  };
  return (
    <ActDialog
      title={t(`quarantine.ask.${verdict}`, { count })}
      confirm={t(`quarantine.do.${verdict}`)}
      isDestructive={verdict === 'REJECT'}
      isOpen
      onClose={onClose}
      onConfirm={act}
    >
      <ul className="fa-bullets fa-set-aside">
        {lines.slice(0, MOST).map(line => (
          <li key={line.quarantineId}>
            <span className="fa-quiet">
              {line.fileName}, {t('quarantine.lineOf', { number: String(line.lineNumber) })}:
            </span>{' '}
            <code>{line.columnName}</code> <Found of={line} />
          </li>
        ))}
        {count > MOST && <li className="fa-quiet">{t('quarantine.more', { count: count - MOST })}</li>}
      </ul>
      <p>{t(`quarantine.will.${verdict}`)}</p>
    </ActDialog>
  );
}

/** The value that was found; nothing is said as such. */
export function Found({ of: { foundValue } }: { of: LineValue }) {
  const { t } = usePages();
  if (foundValue === null || foundValue === '') return <span className="fa-quiet">{t('quarantine.nothing')}</span>;
  return <code className="fa-found">{foundValue}</code>;
}
