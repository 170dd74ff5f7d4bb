import { useState } from 'react';
import { Button } from '@backstage/ui';
import { answerOf } from '../../api/client';
import { ActDialog } from '../../components/ActDialog';
import { usePages } from '../../context';
import { longMonth } from '../../format/months';
import { money } from '../../format/numbers';
import { Checklist } from './Checklist';
import type { MonthData } from './MonthView';

export interface MonthActsProps {
  data: MonthData;
  /** It was done; what to tell of it. */
  onDone: (told: string) => void;
}

/** Closing the month, or opening it again, asked about before it is done. */
export function MonthActs({ data, onDone }: MonthActsProps) {
  const { client, t, locale } = usePages();
  const [isOpen, setOpen] = useState(false);
  const path = { month: data.month };
  const month = longMonth(data.month, locale);
  const verb = data.status === 'closed' ? 'reopen' : 'close';
  const blockers = data.checklist ?? [];
  const isBlocked = verb === 'close' && blockers.length > 0;
  const { amount, currency } = data.total;

  const act = async (reason: string) => {
    if (verb === 'close') {
      await answerOf(client.POST('/months/{month}/close', { params: { path }, body: { reason: reason || null } }));
      onDone(t('month.close.done', { month }));
      return;
    }
    const { adjustmentIds } = await answerOf(
      client.POST('/months/{month}/reopen', { params: { path }, body: { reason } }),
    );
    const count = adjustmentIds.length;
    onDone(count ? t('month.reopen.adjustments', { month, count }) : t('month.reopen.done', { month }));
  };

  return (
    <div className="fa-acts fa-no-print">
      <Button variant={verb === 'close' && !isBlocked ? 'primary' : 'secondary'} onPress={() => setOpen(true)}>
        {t(`month.${verb}`)}
      </Button>
      <ActDialog
        title={t(`month.${verb}.ask`, { month })}
        confirm={isBlocked ? null : t(`month.${verb}`)}
        isDestructive={verb === 'reopen'}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        onConfirm={act}
      >
        {isBlocked ? <Checklist blockers={blockers} month={data.month} /> : <p>{t(`month.${verb}.will`)}</p>}
        {verb === 'close' && !isBlocked && amount !== null && (
          <p>{t('month.close.total', { amount: money(amount, currency, locale) })}</p>
        )}
      </ActDialog>
    </div>
  );
}
