import { useId, useState } from 'react';
import { answerOf } from '../../api/client';
import { ActDialog } from '../../components/ActDialog';
import { usePages } from '../../context';
import { longMonth, monthOf, monthsBetween, shifted } from '../../format/months';
import { useLoad } from '../../loading/useLoad';
import type { ActProps } from './offered';

export interface DescribeDialogProps extends ActProps {
  verb: 'rename' | 'move';
}

const MOST = 1_000;
const NEW = '';

/** Calls a product otherwise, or puts it into another family, from a month on. */
export function DescribeDialog({ data: { product, months }, verb, onClose, onDone }: DescribeDialogProps) {
  const { client, t, locale } = usePages();
  const id = useId();
  const now = monthOf(new Date());
  const [label, setLabel] = useState(product.productLabel);
  const [family, setFamily] = useState(product.familyId);
  const [made, setMade] = useState({ id: '', label: '' });
  const [from, setFrom] = useState(now);
  const families = useFamilies(product.domainId, verb === 'move');
  const choosable = monthsBetween(shifted(months[0]?.month ?? now, -1), shifted(now, 12)).reverse();
  const isSame = verb === 'rename' ? label.trim() === product.productLabel : family === product.familyId;
  const isMissing = verb === 'rename' ? !label.trim() : family === NEW && !(made.id.trim() && made.label.trim());

  const act = async (reason: string) => {
    const body = { domainId: product.domainId, productId: product.productId, fromMonth: from, reason };
    if (verb === 'rename') {
      const answer = await answerOf(client.POST('/products/relabel', { body: { ...body, label: label.trim() } }));
      onDone(t('product.done.rename', { before: product.productLabel, label: answer.productLabel }));
      return;
    }
    const into =
      family === NEW ? { familyId: made.id.trim(), newFamilyLabel: made.label.trim() } : { familyId: family };
    const answer = await answerOf(client.POST('/products/move', { body: { ...body, ...into } }));
    onDone(t('product.done.move', { label: answer.productLabel, family: answer.familyLabel }));
  };
  return (
    <ActDialog
      title={t(`product.ask.${verb}`, { label: product.productLabel })}
      confirm={t(`product.do.${verb}`)}
      isIncomplete={isSame || isMissing}
      isOpen
      onClose={onClose}
      onConfirm={act}
    >
      {verb === 'rename' ? (
        <div className="fa-field">
          <label htmlFor={`${id}-label`}>{t('product.label')}</label>
          <input
            className="fa-input"
            id={`${id}-label`}
            maxLength={200}
            required
            value={label}
            onChange={event => setLabel(event.target.value)}
          />
        </div>
      ) : (
        <div className="fa-field">
          <label htmlFor={`${id}-family`}>{t('column.family')}</label>
          <select
            className="fa-input"
            id={`${id}-family`}
            value={family}
            onChange={event => setFamily(event.target.value)}
          >
            {withOwn(families, product).map(([key, name]) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
            <option value={NEW}>{t('product.newFamily')}</option>
          </select>
        </div>
      )}
      {verb === 'move' && family === NEW && (
        <div className="fa-fields">
          <div className="fa-field">
            <label htmlFor={`${id}-made`}>{t('product.newFamily.id')}</label>
            <input
              className="fa-input"
              id={`${id}-made`}
              maxLength={200}
              value={made.id}
              onChange={event => setMade({ ...made, id: event.target.value })}
            />
          </div>
          <div className="fa-field">
            <label htmlFor={`${id}-called`}>{t('product.newFamily.label')}</label>
            <input
              className="fa-input"
              id={`${id}-called`}
              maxLength={200}
              value={made.label}
              onChange={event => setMade({ ...made, label: event.target.value })}
            />
          </div>
        </div>
      )}
      <div className="fa-field">
        <label htmlFor={`${id}-from`}>{t('product.fromMonth')}</label>
        <select className="fa-input" id={`${id}-from`} value={from} onChange={event => setFrom(event.target.value)}>
          {choosable.map(month => (
            <option key={month} value={month}>
              {longMonth(month, locale)}
            </option>
          ))}
        </select>
      </div>
      <p>{t('product.will.describe', { month: longMonth(from, locale) })}</p>
    </ActDialog>
  );
}

type Family = readonly [id: string, label: string];

/** The families that products of a domain are in. */
function useFamilies(domain: string, isAsked: boolean): Family[] {
  const { client, language } = usePages();
  const query = { domain, limit: MOST };
  const found = useLoad(isAsked ? `families ${domain} ${language}` : null, signal =>
    answerOf(client.GET('/products', { params: { query }, signal })),
  );
  return [...new Map(found.data?.items.map(one => [one.familyId, one.familyLabel]))];
}

function withOwn(families: readonly Family[], { familyId, familyLabel }: { familyId: string; familyLabel: string }) {
  const all = new Map([...families, [familyId, familyLabel]]);
  return [...all].sort(([, one], [, other]) => one.localeCompare(other));
}
