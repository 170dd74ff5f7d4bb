import { useState } from 'react';
import { Button } from '@backstage/ui';
import { answerOf, type Schemas } from '../../api/client';
import { asProblem, type ProblemError } from '../../api/problem';
import { ProblemNotice } from '../../components/States';
import { usePages } from '../../context';
import { count as countOf, exactMoney, exactNumber, money, quantity } from '../../format/numbers';
import type { Holding, Of } from './holding';
import { SumCheck } from './SumCheck';

type Line = Schemas['LineageLine'];

export interface SourceLinesProps {
  /** A fact, or a driver: what has source lines. */
  fact: {
    productId?: string | null;
    quantity: string;
    lines: readonly Line[];
    otherLines: Schemas['OtherLineageLines'] | null;
  };
  slice: Holding['slice'];
  of: Of;
}

const PAGE = 100;

/** The lines of source files that a quantity is the sum of; more of them page by page. */
export function SourceLines({ fact, slice, of }: SourceLinesProps) {
  const { client, t, locale } = usePages();
  const [more, setMore] = useState<{ items: Line[]; cursor: string | null } | null>(null);
  const [error, setError] = useState<ProblemError | null>(null);
  const [isPending, setPending] = useState(false);
  const lines = more ? more.items : fact.lines;
  const total = fact.lines.length + (fact.otherLines?.count ?? 0);
  const left = total - lines.length;
  const load = async () => {
    setPending(true);
    setError(null);
    const query = {
      application: of.application,
      month: slice.month,
      domain: slice.domainId,
      version: slice.version,
      pricingView: of.view,
      limit: PAGE,
      ...(fact.productId ? { product: fact.productId } : {}),
      ...(more?.cursor ? { cursor: more.cursor } : {}),
    };
    try {
      const page = await answerOf(client.GET('/lineage/lines', { params: { query } }));
      setMore({ items: [...(more?.items ?? []), ...page.items], cursor: page.nextCursor });
    } catch (thrown) {
      setError(asProblem(thrown));
    } finally {
      setPending(false);
    }
  };
  const others = remaining(fact, lines, left);
  return (
    <section className="fa-part">
      <h3>{t('explain.lines', { count: total })}</h3>
      <div className="fa-table-scroll" role="group" aria-label={t('explain.lines', { count: total })} tabIndex={0}>
        <table className="fa-table fa-lines">
          <thead>
            <tr>
              <th scope="col">{t('explain.line')}</th>
              <th scope="col" data-kind="decimal">
                {t('column.quantity')}
              </th>
              {lines.some(({ cost }) => cost !== null) && (
                <th scope="col" data-kind="decimal">
                  {t('column.amount')}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {lines.map(line => (
              <tr key={`${line.file} ${line.line}`}>
                <th scope="row">
                  <code className="fa-file">{line.file}</code>
                  <span className="fa-quiet">:{line.line}</span>
                </th>
                <td data-kind="decimal">
                  <data value={line.quantity} title={exactNumber(line.quantity, locale)}>
                    {quantity(line.quantity, locale)}
                  </data>
                </td>
                {line.cost !== null && (
                  <td data-kind="decimal">
                    <data value={line.cost} title={exactMoney(line.cost, of.currency, locale)}>
                      {money(line.cost, of.currency, locale)}
                    </data>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {left > 0 && (
        <p className="fa-more">
          <Button size="small" variant="secondary" isPending={isPending} onPress={() => void load()}>
            {t('explain.more', { count: Math.min(PAGE, more ? left : total) })}
          </Button>{' '}
          <span className="fa-quiet fa-small">
            {t('explain.linesShown', { shown: countOf(lines.length, locale), total: countOf(total, locale) })}
          </span>
        </p>
      )}
      {error && <ProblemNotice error={error} onRetry={() => void load()} />}
      {others && <SumCheck parts={[...lines.map(line => line.quantity), ...others]} whole={fact.quantity} />}
    </section>
  );
}

// what is not shown comes to what the API said of it, until some of that is shown; null while that is not known
function remaining({ lines, otherLines }: SourceLinesProps['fact'], shown: readonly Line[], left: number) {
  if (left === 0) return [];
  return otherLines && shown.length === lines.length ? [otherLines.quantity] : null;
}
