import { useId, useState, type ReactNode } from 'react';
import { Button, Dialog, DialogBody, DialogFooter, DialogHeader } from '@backstage/ui';
import { asProblem, type ProblemError } from '../api/problem';
import { usePages } from '../context';
import { ProblemNotice } from './States';

export interface ActDialogProps {
  title: string;
  /** What the act does, and fields of its own. */
  children?: ReactNode;
  /** What the button that does it says; null where nothing can be done, and the dialog says why. */
  confirm: string | null;
  isDestructive?: boolean;
  /** Whether what else has to be given is not there yet. */
  isIncomplete?: boolean;
  /** Whether a reason has to be given; it does by default. */
  needsReason?: boolean;
  isOpen: boolean;
  onClose: () => void;
  /** Does it; a ProblemError is shown and the dialog stays open. */
  onConfirm: (reason: string) => Promise<void>;
}

/** Asks before an administrative act, with the reason that the audit log keeps. */
export function ActDialog(props: ActDialogProps) {
  const { title, children, confirm, isDestructive = false, isIncomplete = false, isOpen, onClose, onConfirm } = props;
  const needsReason = (props.needsReason ?? true) && confirm !== null;
  const { t } = usePages();
  const id = useId();
  const [reason, setReason] = useState('');
  const [isMissing, setMissing] = useState(false);
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<ProblemError | null>(null);

  const close = () => {
    setReason('');
    setMissing(false);
    setError(null);
    onClose();
  };
  const act = async () => {
    if (needsReason && !reason.trim()) {
      setMissing(true);
      return;
    }
    setPending(true);
    setError(null);
    try {
      await onConfirm(reason.trim());
      close();
    } catch (thrown) {
      setError(asProblem(thrown));
    } finally {
      setPending(false);
    }
  };

  return (
    <Dialog isOpen={isOpen} onOpenChange={open => !open && !isPending && close()} width={520}>
      <DialogHeader>{title}</DialogHeader>
      <DialogBody>
        <div className="fa fa-act">
          {children}
          {needsReason && (
            <div className="fa-field">
              <label htmlFor={`${id}-reason`}>{t('act.reason')}</label>
              <textarea
                className="fa-input"
                id={`${id}-reason`}
                rows={3}
                maxLength={1000}
                required
                value={reason}
                aria-invalid={isMissing}
                aria-describedby={`${id}-hint`}
                onChange={event => {
                  setReason(event.target.value);
                  setMissing(false);
                }}
              />
              <span className="fa-small fa-quiet" id={`${id}-hint`} role={isMissing ? 'alert' : undefined}>
                {t(isMissing ? 'act.reason.missing' : 'act.reason.hint')}
              </span>
            </div>
          )}
          {error && <ProblemNotice error={error} title={t('act.refused')} />}
        </div>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" isDisabled={isPending} onPress={close}>
          {t(confirm === null ? 'act.close' : 'act.cancel')}
        </Button>
        {confirm !== null && (
          <Button
            variant="primary"
            className={isDestructive ? 'fa-danger' : ''}
            destructive={isDestructive}
            isDisabled={isIncomplete}
            isPending={isPending}
            onPress={() => void act()}
          >
            {confirm}
          </Button>
        )}
      </DialogFooter>
    </Dialog>
  );
}
