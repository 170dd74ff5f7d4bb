import { Button, Dialog, DialogBody, DialogFooter, DialogHeader } from '@backstage/ui';
import { StageBadge } from '../../components/Badges';
import { FactList } from '../../components/FactList';
import { usePages } from '../../context';
import { longMonth } from '../../format/months';
import { Found } from './DecideDialog';
import { decisionOf, fieldsOf, isDecidable, nextOf, type LineValue, type Verdict } from './lines';

export interface LineDialogProps {
  line: LineValue;
  domainLabel: string;
  onClose: () => void;
  onAct: (verdict: Verdict) => void;
}

/** All that is known of a line that was set aside: what its source says, and what has become of it. */
export function LineDialog({ line, domainLabel, onClose, onAct }: LineDialogProps) {
  const { t, locale, can } = usePages();
  const decided = decisionOf(line, t, locale);
  const title = t('quarantine.details', { number: String(line.lineNumber), file: line.fileName });
  return (
    <Dialog isOpen onOpenChange={open => !open && onClose()} width={620}>
      <DialogHeader>{title}</DialogHeader>
      <DialogBody>
        <div className="fa fa-act">
          <FactList
            facts={[
              [t('column.domain'), domainLabel],
              [t('filters.month'), longMonth(line.month, locale)],
              [t('quarantine.column'), <code key="column">{line.columnName}</code>],
              [t('quarantine.found'), <Found key="found" of={line} />],
            ]}
          />
          <Told title={t('quarantine.why')} text={line.reason} />
          <Fields line={line} />
          <section className="fa-told">
            <h3>{t('quarantine.became')}</h3>
            <p>
              <StageBadge stage={line.state} /> {line.text}
            </p>
            {decided && <p>{decided}</p>}
            {line.decisionReason && <p className="fa-quiet">“{line.decisionReason}”</p>}
          </section>
          <Told title={t('quarantine.next')} text={nextOf(line, t, locale)} />
        </div>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={onClose}>
          {t('act.close')}
        </Button>
        {can('admin') &&
          isDecidable(line) &&
          (['REJECT', 'FIX', 'ACCEPT'] as const).map(verdict => (
            <Button key={verdict} variant="secondary" destructive={verdict === 'REJECT'} onPress={() => onAct(verdict)}>
              {t(`quarantine.do.${verdict}`)}
            </Button>
          ))}
      </DialogFooter>
    </Dialog>
  );
}

function Told({ title, text }: { title: string; text: string }) {
  return (
    <section className="fa-told">
      <h3>{title}</h3>
      <p>{text}</p>
    </section>
  );
}

function Fields({ line }: { line: LineValue }) {
  const { t } = usePages();
  const isCorrected = line.correction !== null;
  return (
    <div className="fa-table-scroll" role="group" aria-label={t('quarantine.fields')} tabIndex={0}>
      <table className="fa-table fa-fields-table">
        <caption className="fa-hidden">{t('quarantine.fields')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('quarantine.field')}</th>
            <th scope="col">{t('quarantine.says')}</th>
            {isCorrected && <th scope="col">{t('quarantine.corrected')}</th>}
          </tr>
        </thead>
        <tbody>
          {fieldsOf(line).map(([name, text]) => (
            <tr key={name} data-wrong={name === line.columnName || undefined}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>{text ?? <span className="fa-quiet">{t('quarantine.nothing')}</span>}</td>
              {isCorrected && <td>{line.correction?.[name] ?? ''}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
