/** What a line that was set aside says of itself. */

import type { Schemas } from '../../api/client';
import type { Translate } from '../../i18n/translate';
import { longMonth, moment } from '../../format/months';

export type LineValue = Schemas['QuarantinedLine'];
export type Stage = LineValue['state'];
export type Verdict = Schemas['DecisionAsked']['verdict'];

export const STAGES: readonly Stage[] = ['waiting', 'decided', 'replayed', 'rejected', 'superseded'];

/** Whether a decision on it, a first one or another, would be taken: not once its source has lost it. */
export function isDecidable({ state, isLanded }: LineValue): boolean {
  return state === 'waiting' || state === 'decided' || state === 'rejected' || (state === 'replayed' && isLanded);
}

/** What was decided, by whom and when; null of a line that nobody decided on. */
export function decisionOf(line: LineValue, t: Translate, locale: string): string | null {
  const { verdict, decidedBy: person, decidedAt } = line;
  if (!person || !decidedAt) return null;
  const at = moment(decidedAt, locale);
  return verdict
    ? t('quarantine.by', { verdict: t(`quarantine.verdict.${verdict}`), person, moment: at })
    : t('quarantine.settledBy', { person, moment: at });
}

/** What becomes of it now. */
export function nextOf({ state, isLanded, month }: LineValue, t: Translate, locale: string): string {
  if (state === 'replayed' && !isLanded) return t('quarantine.next.gone');
  return t(`quarantine.next.${state}`, { month: longMonth(month, locale) });
}

/** The columns of the source, those that say something first; where the line is, is told apart. */
export function fieldsOf({ sourceLine }: LineValue): (readonly [string, string | null])[] {
  return Object.entries(sourceLine)
    .filter(([name]) => name !== 'file' && name !== 'line')
    .sort(([one, text], [other, said]) => Number(text === null) - Number(said === null) || (one < other ? -1 : 1));
}

/** Columns and values on one line, for a download. */
export function asText(values: Record<string, string | null> | null): string | null {
  return values && JSON.stringify(values);
}

/** What was done, and what happens next. */
export function toldOf(verdict: Verdict, lines: readonly LineValue[], t: Translate, locale: string): string {
  const waiting = lines.filter(({ state }) => state === 'decided');
  const months = [...new Set(waiting.map(({ month }) => month))].sort().map(month => longMonth(month, locale));
  const then = waiting.length
    ? t('quarantine.then.run', { count: waiting.length, months: months.join(', ') })
    : t('quarantine.then.now');
  return `${t(`quarantine.done.${verdict}`, { count: lines.length })} ${then}`;
}

/** How many lines there are at every stage together; none while that is not known. */
export function sumOf(counts: Schemas['Quarantine']['counts'] | undefined): number {
  return Object.values(counts ?? {}).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
