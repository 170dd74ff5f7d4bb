import type { Schemas } from '../api/client';
import { usePages } from '../context';

export type StatusValue = Schemas['Status'];
export type SliceStateValue = Schemas['SliceState'];

export interface StatusBadgeProps {
  status: StatusValue;
}

/** Whether amounts may still change: by shape and word, not by colour alone. */
export function StatusBadge({ status }: StatusBadgeProps) {
  const { t } = usePages();
  return (
    <span className="fa-badge" data-tone={TONES[status]} title={t(`status.${status}.hint`)}>
      <StatusMark tone={TONES[status]} />
      {t(`status.${status}`)}
    </span>
  );
}

export interface UnpricedBadgeProps {
  count: number;
}

/** How many lines have no price; nothing where all have one. */
export function UnpricedBadge({ count }: UnpricedBadgeProps) {
  const { t } = usePages();
  if (count === 0) return null;
  return (
    <span className="fa-badge" data-tone="warning" title={t('status.unpriced.hint')}>
      <StatusMark tone="warning" />
      {t('status.unpriced', { count })}
    </span>
  );
}

export interface SliceBadgeProps {
  state: SliceStateValue;
}

/** What is known of a domain in a month. */
export function SliceBadge({ state }: SliceBadgeProps) {
  const { t } = usePages();
  return (
    <span className="fa-badge" data-tone={SLICE_TONES[state]}>
      <StatusMark tone={SLICE_TONES[state]} />
      {t(`slice.${state}`)}
    </span>
  );
}

export type ProductStateValue = Schemas['Product']['state'];

export interface ProductBadgeProps {
  state: ProductStateValue;
}

/** How a product stands. */
export function ProductBadge({ state }: ProductBadgeProps) {
  const { t } = usePages();
  const [tone, mark] = PRODUCT_TONES[state];
  return (
    <span className="fa-badge" data-tone={tone} title={t(`products.${state}.hint`)}>
      <StatusMark tone={mark} />
      {t(`product.${state}`)}
    </span>
  );
}

export type StageValue = Schemas['QuarantinedLine']['state'];

export interface StageBadgeProps {
  stage: StageValue;
}

/** How far a line that was set aside has come. */
export function StageBadge({ stage }: StageBadgeProps) {
  const { t } = usePages();
  const [tone, mark] = STAGE_TONES[stage];
  return (
    <span className="fa-badge" data-tone={tone}>
      <StatusMark tone={mark} />
      {t(`quarantine.one.${stage}`)}
    </span>
  );
}

type Tone = 'positive' | 'neutral' | 'info' | 'warning' | 'negative';

const TONES: Record<StatusValue, Tone> = { closed: 'positive', provisional: 'info', incomplete: 'warning' };

const SLICE_TONES: Record<SliceStateValue, Tone> = {
  LOADED: 'positive',
  EMPTY_CONFIRMED: 'neutral',
  EXPECTED: 'info',
  MISSING: 'warning',
  FAILED: 'negative',
  NOT_AVAILABLE: 'neutral',
};

// its colour, and its mark
const PRODUCT_TONES: Record<ProductStateValue, readonly [Tone, Tone]> = {
  active: ['positive', 'positive'],
  inactive: ['info', 'neutral'],
  decommissioned: ['neutral', 'negative'],
  unmapped: ['warning', 'warning'],
};

const STAGE_TONES: Record<StageValue, readonly [Tone, Tone]> = {
  waiting: ['warning', 'warning'],
  decided: ['info', 'info'],
  replayed: ['positive', 'positive'],
  rejected: ['neutral', 'negative'],
  superseded: ['neutral', 'neutral'],
};

const MARKS: Record<Tone, string> = {
  positive: 'M2.5 6.5 5 9l4.5-5.5',
  neutral: 'M3 6h6',
  info: 'M6 2.5V6l2.5 1.5',
  warning: 'M6 2.5v4M6 9v.4',
  negative: 'M3.2 3.2l5.6 5.6M8.8 3.2 3.2 8.8',
};

function StatusMark({ tone }: { tone: Tone }) {
  return (
    <svg aria-hidden="true" className="fa-badge-mark" viewBox="0 0 12 12" width="12" height="12">
      <path d={MARKS[tone]} />
    </svg>
  );
}
