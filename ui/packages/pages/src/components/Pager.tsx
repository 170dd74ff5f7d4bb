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
  return (
    <div className="fa-pager fa-no-print">
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
        {total === null ? t('table.pageOfMany', { first, last }) : t('table.page', { first, last, total })}
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
