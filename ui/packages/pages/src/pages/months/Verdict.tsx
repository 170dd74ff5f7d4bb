import { Link } from 'react-router-dom';
import { usePages } from '../../context';
import { moment, monthOf } from '../../format/months';
import { usePaths } from '../../navigation/usePaths';
import { blockersOf } from './blockers';
import type { MonthData } from './monthData';

/** Whether the month is final, in one sentence. */
export function Verdict({ data }: { data: MonthData }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const last = data.acts.at(-1);
  if (data.status === 'closed' && last) {
    return (
      <section className="fa-notice" data-tone="positive">
        <h2 className="fa-notice-title">{t('month.final')}</h2>
        <p>{t('month.final.text', { person: last.person, moment: moment(last.actedAt, locale) })}</p>
        <p>
          <Link to={paths.statement(data.month)}>{t('month.statement.link')}</Link>
        </p>
      </section>
    );
  }
  const [kind, count] = verdictOf(data);
  return (
    <section className="fa-notice" data-tone={kind === 'ready' ? 'info' : 'warning'}>
      <h2 className="fa-notice-title">{t(`month.${kind}`, { count })}</h2>
      <p>{t(`month.${kind}.text`)}</p>
    </section>
  );
}

function verdictOf({ month, canBeClosed, checklist }: MonthData): ['running' | 'ready' | 'blocked' | 'open', number] {
  if (month >= monthOf(new Date())) return ['running', 0];
  if (canBeClosed === null || checklist === null) return ['open', 0];
  return canBeClosed ? ['ready', 0] : ['blocked', blockersOf(checklist).length];
}
