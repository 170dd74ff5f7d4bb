/** What the audit log says of a product, in the words of who did it. */

import { type Schemas } from '../../api/client';
import type { Translate } from '../../i18n/translate';
import { isMonth, longDay, longMonth } from '../../format/months';

export type ActValue = Schemas['Act'];
type Changed = ActValue['changes'][number];

const STATE = ['held_by', 'is_active', 'decommissioned_at'];
const DESCRIPTION = ['described_by', 'product_label', 'family_id', 'described_in'];

/** When who holds a product's state last said how it stands; null when that is not among the acts. */
export function heldSince(acts: readonly ActValue[]): string | null {
  return newestOf(acts, STATE);
}

/** When who holds its label and family last said what they are. */
export function describedSince(acts: readonly ActValue[]): string | null {
  return newestOf(acts, DESCRIPTION);
}

function newestOf(acts: readonly ActValue[], columns: readonly string[]): string | null {
  return acts.find(({ changes }) => changes.some(({ column }) => columns.includes(column)))?.actedAt ?? null;
}

/** What an act did, one sentence for each thing. */
export function toldOf(act: ActValue, t: Translate, locale: string): string[] {
  if (act.act === 'INSERT') return [t('act.product.created')];
  if (act.act === 'DELETE') return [t('act.product.deleted')];
  const changed = new Map(act.changes.map(change => [change.column, change]));
  const end = changed.get('decommissioned_at');
  const service = changed.get('is_active');
  const told = [
    end && end.after !== null && t('act.product.decommissioned', { day: dayOf(end.after, locale) }),
    !end?.after && service && t(service.after === 'true' ? 'act.product.activated' : 'act.product.deactivated'),
    end && end.after === null && t('act.product.endTaken', { day: dayOf(end.before ?? '', locale) }),
    valuesOf(changed.get('product_label'), values => t('act.product.renamed', values)),
    valuesOf(changed.get('family_id'), values => t('act.product.moved', values)),
    valuesOf(changed.get('consumption_metric'), values => t('act.product.metric', values)),
    isLifted(changed.get('held_by')) && t('act.product.stateReleased'),
    isLifted(changed.get('described_by')) && t('act.product.nameReleased'),
    changed.get('in_referential') &&
      t(changed.get('in_referential')?.after === 'true' ? 'act.product.listed' : 'act.product.unlisted'),
  ].filter(text => typeof text === 'string');
  if (told.length > 0) return told;
  const held = changed.get('held_by');
  return held?.after ? [t('act.product.held', { person: held.after })] : [t('act.product.changed')];
}

/** The same as columns, before and after, as the database has them. */
export function exactlyOf({ changes }: ActValue): string {
  return changes.map(({ column, before, after }) => `${column}: ${before ?? '∅'} → ${after ?? '∅'}`).join('; ');
}

function valuesOf(change: Changed | undefined, tell: (values: { before: string; after: string }) => string) {
  return change && tell({ before: change.before ?? '—', after: change.after ?? '—' });
}

function isLifted(change: Changed | undefined): boolean {
  return change !== undefined && change.before !== null && change.after === null;
}

function dayOf(text: string, locale: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return longDay(text, locale);
  return isMonth(text) ? longMonth(text, locale) : text;
}
