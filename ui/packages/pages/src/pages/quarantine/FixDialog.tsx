import { useId, useState } from 'react';
import { answerOf } from '../../api/client';
import { ActDialog } from '../../components/ActDialog';
import { usePages } from '../../context';
import { fieldsOf, toldOf, type LineValue } from './lines';

export interface FixDialogProps {
  line: LineValue;
  onClose: () => void;
  /** It was done; what to tell of it. */
  onDone: (told: string) => void;
}

/** Takes a line with other values in some columns; the one that is wrong comes first. */
export function FixDialog({ line, onClose, onDone }: FixDialogProps) {
  const { client, t, locale } = usePages();
  const id = useId();
  const delivered = new Map(fieldsOf(line).map(([name, text]) => [name, text ?? '']));
  const [given, setGiven] = useState(
    () => new Map([...delivered].map(([name, text]) => [name, line.correction?.[name] ?? text])),
  );
  const changes = [...given].filter(([name, text]) => text.trim() !== delivered.get(name));
  const names = [...delivered.keys()].sort(
    (one, other) => Number(other === line.columnName) - Number(one === line.columnName),
  );

  const act = async (reason: string) => {
    const correction = Object.fromEntries(changes.map(([name, text]) => [name, text.trim()]));
    const body = { ids: [line.quarantineId], verdict: 'FIX' as const, correction, reason };
    const { items } = await answerOf(client.POST('/quarantine/decisions', { body }));
    onDone(toldOf('FIX', items, t, locale));
  };
  return (
    <ActDialog
      title={t('quarantine.ask.FIX', { number: String(line.lineNumber), file: line.fileName })}
      confirm={t('quarantine.do.FIX')}
      isIncomplete={changes.length === 0}
      isOpen
      onClose={onClose}
      onConfirm={act}
    >
      <p className="fa-warned">{line.reason}</p>
      <div className="fa-fields">
        {names.map(name => {
          const isChanged = changes.some(([changed]) => changed === name);
          const note = isChanged
            ? t('quarantine.was', { value: delivered.get(name) || t('quarantine.nothing') })
            : null;
          return (
            <div key={name} className="fa-field" data-wrong={name === line.columnName || undefined}>
              <label htmlFor={`${id}-${name}`}>
                <code>{name}</code>
              </label>
              <input
                className="fa-input"
                id={`${id}-${name}`}
                maxLength={2000}
                value={given.get(name) ?? ''}
                aria-describedby={note ? `${id}-${name}-was` : undefined}
                onChange={event => setGiven(new Map(given).set(name, event.target.value))}
              />
              {note && (
                <span className="fa-small fa-quiet" id={`${id}-${name}-was`}>
                  {note}
                </span>
              )}
            </div>
          );
        })}
      </div>
      <p>{t(changes.length > 0 ? 'quarantine.will.FIX' : 'quarantine.unchanged')}</p>
    </ActDialog>
  );
}
