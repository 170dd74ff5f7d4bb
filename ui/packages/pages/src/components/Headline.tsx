import { type ReactNode } from 'react';
import { usePages } from '../context';
import { money } from '../format/numbers';
import { ChangeFigure, type AmountValue, type ChangeValue } from './Amount';
import { Card } from './Card';
import { ExplainedAmount } from './ExplainedAmount';
import { ReasonList, StateList, untold, type KnownReason, type KnownState } from './States';

export interface HeadlineProps {
  title: string;
  amount: AmountValue;
  /** Against before; not said at all without it. */
  change?: ChangeValue | null;
  /** Where the amount is explained. */
  explained?: string | null;
  children?: ReactNode;
}

/** The one amount that a page is about, against before. */
export function Headline({ title, amount, change, explained = null, children }: HeadlineProps) {
  const { t, locale } = usePages();
  const before = change?.previous.amount ?? null;
  return (
    <>
      <h2 className="fa-quiet fa-card-title">{title}</h2>
      <div className="fa-headline">
        <span className="fa-headline-amount">
          <ExplainedAmount amount={amount} to={explained} />
        </span>
        <span className="fa-headline-side">
          {change !== undefined && <ChangeFigure change={change} />}
          {before !== null && (
            <span className="fa-quiet fa-small">
              {t('dashboard.before', { amount: money(before, amount.currency, locale) })}
            </span>
          )}
        </span>
        {children}
      </div>
    </>
  );
}

export interface StatesCardProps {
  states: readonly KnownState[];
  reasons: readonly KnownReason[];
  labels?: ReadonlyMap<string, string>;
}

/** What is missing from the amounts, where anything is. */
export function StatesCard({ states, reasons, labels }: StatesCardProps) {
  const { t } = usePages();
  if (states.length === 0 && untold(reasons).length === 0) return null;
  const count = new Set(states.map(({ domainId }) => domainId)).size;
  return (
    <Card title={count ? t('state.missing.title', { count }) : t('state.reasons')}>
      <ReasonList reasons={reasons} />
      <StateList states={states} {...(labels ? { labels } : {})} />
    </Card>
  );
}
