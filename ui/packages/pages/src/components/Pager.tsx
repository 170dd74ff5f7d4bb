import { Button } from '@backstage/ui';
import { usePages } from '../context';

export interface PagerProps {
  first: number;
  last: number;
  /** Null while nobody has counted them. */
  total: number | null;
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
}

/** From one page of a list to the next. */
export function Pager({ first, last, total, onPrevious, onNext }: PagerProps) {
  const { t } = usePages();
  const shown = total === null ? t('table.pageOfMany', { first, last }) : t('table.page', { first, last, total });
  return (
    <div className="fa-pager">
      <span className="fa-print-only">{t('table.printed', { shown })}</span>
      <Button
        size="small"
        variant="secondary"
        isDisabled={!onPrevious}
        onPress={() => onPrevious?.()}
        aria-label={t('table.previous')}
      >
        ‹
      </Button>
      <span className="fa-small" aria-live="polite">
        {shown}
      </span>
      <Button
        size="small"
        variant="secondary"
        isDisabled={!onNext}
        onPress={() => onNext?.()}
        aria-label={t('table.next')}
      >
        ›
      </Button>
    </div>
  );
}
