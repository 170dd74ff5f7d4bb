import { useId, useState } from 'react';
import { answerOf } from '../../api/client';
import { ActDialog } from '../../components/ActDialog';
import { usePages } from '../../context';
import { longDay, longMonth, shifted, type Month } from '../../format/months';
import type { ActProps } from './offered';

/** Ends a product on a day, and says beforehand which months of it come after that. */
export function DecommissionDialog({ data: { product, months }, onClose, onDone }: ActProps) {
  const { client, t, locale } = usePages();
  const id = useId();
  const [on, setOn] = useState(product.decommissionedAt ?? today());
  const label = product.productLabel;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(on);
  const last = on.slice(0, 7);
  const later = isDay ? [...new Set(months.map(({ month }) => month))].filter(month => month > last) : [];
  const names = (some: readonly Month[]) => some.map(month => longMonth(month, locale)).join(', ');
  const act = async (reason: string) => {
    const body = { domainId: product.domainId, productId: product.productId, on, reason };
    const { laterMonths } = await answerOf(client.POST('/products/decommission', { body }));
    const done = t('product.done.decommission', { label, day: longDay(on, locale) });
    onDone(laterMonths.length === 0 ? done : `${done} ${t('product.later', { months: names(laterMonths) })}`);
  };
  return (
    <ActDialog
      title={t('product.ask.decommission', { label })}
      confirm={t('product.do.decommission')}
      isDestructive
      isIncomplete={!isDay}
      isOpen
      onClose={onClose}
      onConfirm={act}
    >
      <div className="fa-field">
        <label htmlFor={id}>{t('product.lastDay')}</label>
        <input
          className="fa-input"
          id={id}
          type="date"
          min="1970-01-01"
          max="9998-12-31"
          required
          value={on}
          onChange={event => setOn(event.target.value)}
        />
      </div>
      {isDay && (
        <p>
          {t('product.will.decommission', { day: longDay(on, locale), month: longMonth(shifted(last, 1), locale) })}
        </p>
      )}
      {later.length > 0 && <p className="fa-warned">{t('product.later', { months: names(later) })}</p>}
      <p className="fa-quiet">{t('product.will.hold')}</p>
    </ActDialog>
  );
}

function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(part => String(part).padStart(2, '0')).join('-');
}
