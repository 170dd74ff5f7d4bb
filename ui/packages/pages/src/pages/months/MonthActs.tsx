import { useState } from 'react';
import { Button } from '@backstage/ui';
import { answerOf } from '../../api/client';
import { ActDialog } from '../../components/ActDialog';
import { usePages } from '../../context';
import { longMonth } from '../../format/months';
import { money } from '../../format/numbers';
import { Checklist } from './Checklist';
import type { MonthData } from './monthData';

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
  const offered = data.status === 'closed' ? 'reopen' : 'close';
  // once done the other act is offered, while the dialog of this one goes away
  const [verb, setVerb] = useState<typeof offered>(offered);
  const blockers = data.checklist ?? [];
  const isBlocked = (act: typeof offered) => act === 'close' && blockers.length > 0;
  const { amount, currency } = data.total;
  const ask = () => {
    setVerb(offered);
    setOpen(true);
  };

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
      <Button variant={offered === 'close' && !isBlocked(offered) ? 'primary' : 'secondary'} onPress={ask}>
        {t(`month.${offered}`)}
      </Button>
      <ActDialog
        title={t(`month.${verb}.ask`, { month })}
        confirm={isBlocked(verb) ? null : t(`month.${verb}`)}
        isDestructive={verb === 'reopen'}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        onConfirm={act}
      >
        {isBlocked(verb) ? <Checklist blockers={blockers} month={data.month} /> : <p>{t(`month.${verb}.will`)}</p>}
        {verb === 'close' && !isBlocked(verb) && amount !== null && (
          <p>{t('month.close.total', { amount: money(amount, currency, locale) })}</p>
        )}
      </ActDialog>
    </div>
  );
}
