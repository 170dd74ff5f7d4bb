import { Link } from 'react-router-dom';
import { answerOf, type Schemas } from '../../api/client';
import { Card, PageHead } from '../../components/Card';
import { Named, useColumns } from '../../components/columns';
import { DataTable, type Column } from '../../components/DataTable';
import { LoadedView } from '../../components/States';
import { useViews, type ViewValue } from '../../components/ViewSelect';
import { usePages } from '../../context';
import { dayOf, moment } from '../../format/months';
import { count } from '../../format/numbers';
import { useLoad } from '../../loading/useLoad';
import { usePaths } from '../../navigation/usePaths';
import { coverageOf, Coverage, type Covered } from './Coverage';
import { kindOf, ViewBadges } from './ViewBadges';
import { comparedTo } from './comparing';

/** What quantities are priced by: views and drafts, what they cover, and what another one would change. */
export function Pricing() {
  const { t } = usePages();
  const { loaded } = useViews();
  return (
    <div className="fa-page">
      <PageHead title={t('pricing.title')} />
      <p className="fa-quiet">{t('pricing.intro')}</p>
      <LoadedView loaded={loaded} lines={6}>
        {({ items }) =>
          items.length === 0 ? (
            <section className="fa-notice" data-tone="neutral">
              <h2 className="fa-notice-title">{t('pricing.none')}</h2>
              <p>{t('pricing.none.text')}</p>
            </section>
          ) : (
            <Views views={items} />
          )
        }
      </LoadedView>
    </div>
  );
}

function Views({ views }: { views: readonly ViewValue[] }) {
  const { t, locale, can } = usePages();
  const paths = usePaths();
  const columns = useColumns();
  const covered = useCoverage(views);
  const toldOf = (view: ViewValue) => {
    const known = covered?.get(view.pricingViewId);
    return known ? t(known.unpricedMonths ? 'pricing.covers.part' : 'pricing.covers.all', { ...known }) : null;
  };
  const canCompare = can('viewer');
  const shown: Column<ViewValue>[] = [
    {
      ...columns.text('view', t('pricing.view'), view => view.pricingViewLabel),
      cell: view => (
        <Named
          label={view.pricingViewLabel}
          note={[view.pricingViewId, ...(view.isDefault ? [t('filters.view.default')] : [])].join(' · ')}
        />
      ),
      isRowHeader: true,
    },
    { ...columns.text('id', t('column.id'), view => view.pricingViewId), isOnlyInCsv: true },
    {
      ...columns.text('kind', t('column.mode'), view => t(view.isDraft ? 'pricing.draft' : kindOf(view))),
      cell: view => <ViewBadges view={view} views={views} />,
      isHiddenOnPhone: true,
    },
    { ...columns.text('currency', t('pricing.currency'), view => view.currency), isHiddenOnPhone: true },
    {
      ...columns.text('count', t('pricing.lines'), view => (view.lineCount === null ? null : String(view.lineCount))),
      cell: view => (view.lineCount === null ? '—' : count(view.lineCount, locale)),
      kind: 'decimal',
      isHiddenOnPhone: true,
    },
    {
      ...columns.text('last', t('pricing.last'), view => view.lastAt),
      cell: view =>
        view.lastAt ? (
          <span className="fa-day" title={moment(view.lastAt, locale)}>
            {dayOf(view.lastAt, locale)}
          </span>
        ) : (
          '—'
        ),
      isHiddenOnPhone: true,
    },
    {
      ...columns.text('coverage', t('pricing.coverage'), toldOf),
      cell: view => <Coverage view={view} covered={covered?.get(view.pricingViewId) ?? null} />,
      isHiddenOnPhone: true,
    },
    ...(canCompare
      ? [
          {
            ...columns.text<ViewValue>('compare', t('compare.short'), () => null),
            cell: (view: ViewValue) => {
              const base = comparedTo(view, views);
              return base ? (
                <Link to={paths.compare({ before: base.pricingViewId, after: view.pricingViewId })}>
                  {t('compare.link')}
                </Link>
              ) : (
                <span className="fa-quiet">—</span>
              );
            },
          },
        ]
      : []),
  ];
  return (
    <Card title={t('pricing.views')}>
      <DataTable<ViewValue>
        caption={t('pricing.views')}
        columns={shown.map(column => ({ ...column, isSortable: column.id !== 'compare' }))}
        rows={views}
        keyOf={view => view.pricingViewId}
        hrefOf={view => (canCompare ? paths.pricingView(view.pricingViewId) : null)}
        csvName="pricing-views"
      />
    </Card>
  );
}

/** How far each published view prices what was used; null while that is not known. */
function useCoverage(views: readonly ViewValue[]): ReadonlyMap<string, Covered> | null {
  const { client, language } = usePages();
  const ids = views.filter(view => !view.isDraft).map(view => view.pricingViewId);
  const loaded = useLoad(ids.length ? `coverage ${language} ${ids.join(' ')}` : null, async signal => {
    const asked = ids.map(async pricingView => {
      const query = { pricingView };
      const answer: Schemas['MonthList'] = await answerOf(client.GET('/months', { params: { query }, signal }));
      return [pricingView, coverageOf(answer.items)] as const;
    });
    return new Map(await Promise.all(asked));
  });
  return loaded.data;
}
