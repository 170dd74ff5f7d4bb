import { Link, useParams } from 'react-router-dom';
import { answerOf, type Schemas } from '../../api/client';
import { Amount } from '../../components/Amount';
import { StatusBadge } from '../../components/Badges';
import { Card, PageHead } from '../../components/Card';
import { useColumns } from '../../components/columns';
import { Crumbs } from '../../components/Crumbs';
import { DataTable } from '../../components/DataTable';
import { LoadedView } from '../../components/States';
import { useViews, type ViewValue } from '../../components/ViewSelect';
import { usePages } from '../../context';
import { longMonth, moment } from '../../format/months';
import { count } from '../../format/numbers';
import { useLoad } from '../../loading/useLoad';
import { usePaths } from '../../navigation/usePaths';
import { Coverage, coverageOf } from './Coverage';
import { comparedTo } from './comparing';
import { Prices } from './Prices';
import { ViewBadges } from './ViewBadges';

type Month = Schemas['MonthInList'];

/** One view or draft: its prices, and which months it prices whole. */
export function PricingView() {
  const { viewId = '' } = useParams();
  const { t, locale } = usePages();
  const paths = usePaths();
  const { loaded, items } = useViews();
  const view = items.find(one => one.pricingViewId === viewId) ?? null;
  const base = view && comparedTo(view, items);
  return (
    <div className="fa-page">
      <Crumbs crumbs={[{ label: t('pricing.title'), to: paths.pricing }]} />
      <PageHead
        title={view ? view.pricingViewLabel : viewId}
        facts={
          view && (
            <>
              <ViewBadges view={view} views={items} />
              <span>{view.currency}</span>
              {view.lineCount !== null && (
                <span>{t('pricing.count', { count: view.lineCount, lines: count(view.lineCount, locale) })}</span>
              )}
              {view.lastAt && (
                <span className="fa-small">{t('pricing.lastAt', { moment: moment(view.lastAt, locale) })}</span>
              )}
            </>
          )
        }
        actions={
          base && (
            <Link className="fa-button" to={paths.compare({ before: base.pricingViewId, after: viewId })}>
              {t('compare.with', { view: base.pricingViewLabel })}
            </Link>
          )
        }
      />
      <Prices view={viewId} isDraft={view ? view.isDraft : loaded.data ? false : null} />
      {view && !view.isDraft && <Covered view={view} />}
    </div>
  );
}

function Covered({ view }: { view: ViewValue }) {
  const { client, t, language, locale } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  const query = { pricingView: view.pricingViewId };
  const loaded = useLoad(`months ${language} ${JSON.stringify(query)}`, signal =>
    answerOf(client.GET('/months', { params: { query }, signal })),
  );
  return (
    <LoadedView loaded={loaded} lines={8}>
      {({ items }) => (
        <Card title={t('pricing.coverage')}>
          <p>
            <Coverage view={view} covered={coverageOf(items)} />
          </p>
          <DataTable<Month>
            caption={t('pricing.coverage')}
            columns={[
              {
                ...columns.text('month', t('chart.month'), row => row.month),
                cell: row => longMonth(row.month, locale),
                isRowHeader: true,
              },
              {
                ...columns.text('lines', t('pricing.usedLines'), row => String(row.total.lineCount)),
                cell: row => count(row.total.lineCount, locale),
                kind: 'decimal',
                isHiddenOnPhone: true,
              },
              {
                ...columns.text('unpriced', t('pricing.unpriced'), row => String(row.total.unpricedCount)),
                cell: row => (
                  <span className={row.total.unpricedCount ? 'fa-warned' : 'fa-quiet'}>
                    {count(row.total.unpricedCount, locale)}
                  </span>
                ),
                kind: 'decimal',
              },
              {
                ...columns.text('amount', t('column.amount'), row => row.total.amount),
                cell: row => <Amount amount={row.total} marksUnpriced={false} />,
                kind: 'decimal',
              },
              {
                ...columns.text('status', t('column.status'), row => t(`status.${row.status}`)),
                cell: row => <StatusBadge status={row.status} />,
                isHiddenOnPhone: true,
              },
            ]}
            rows={items.filter(({ total }) => total.lineCount > 0)}
            keyOf={row => row.month}
            hrefOf={row => paths.rankedProducts(row.month, view.isDefault ? null : view.pricingViewId)}
            sort={{ column: 'month', isDescending: true }}
            pageSize={12}
            isSearchable={false}
            csvName={`coverage-${view.pricingViewId}`}
          />
        </Card>
      )}
    </LoadedView>
  );
}
