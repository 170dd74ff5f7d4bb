import { useParams } from 'react-router-dom';
import { answerOf, type Schemas } from '../api/client';
import { SliceBadge } from '../components/Badges';
import { PageHead } from '../components/Card';
import { Crumbs } from '../components/Crumbs';
import { Facts } from '../components/Facts';
import { Headline, StatesCard } from '../components/Headline';
import { MonthTrend } from '../components/MonthTrend';
import { PageFilters } from '../components/PageFilters';
import { LoadedView, NoData } from '../components/States';
import { usePages } from '../context';
import { useFilters, type FilterControl } from '../filters/useFilters';
import { longMonths } from '../format/months';
import { useLoad } from '../loading/useLoad';
import { usePaths } from '../navigation/usePaths';
import { DomainParts } from './DomainParts';
import { Mode } from './Domains';
import { Distributions } from './Distributions';

type Data = Schemas['DomainPage'];

const APPLICATIONS = 500;
const PRODUCTS = 500;

/** One domain: what it is made of, or how its amount is spread. */
export function DomainView() {
  const { domainId = '' } = useParams();
  const { client, t, language } = usePages();
  const control = useFilters();
  const paths = usePaths();
  const query = { ...control.asked, top: APPLICATIONS, products: PRODUCTS };
  const loaded = useLoad(`domain ${domainId} ${language} ${JSON.stringify(query)}`, signal =>
    answerOf(client.GET('/domains/{domainId}', { params: { path: { domainId }, query }, signal })),
  );
  const { data } = loaded;
  return (
    <div className="fa-page">
      <Crumbs crumbs={[{ label: t('domains.title'), to: paths.domains }]} />
      <PageHead
        title={data ? data.domain.domainLabel : domainId}
        facts={
          data && (
            <Facts shown={data}>
              <span>
                <Mode of={data.domain} />
              </span>
              {data.domain.state && data.domain.state !== 'LOADED' && <SliceBadge state={data.domain.state} />}
              {!data.domain.isEnabled && <span className="fa-quiet">{t('domain.off')}</span>}
            </Facts>
          )
        }
      />
      <PageFilters control={control} shown={data} hasApplications />
      <LoadedView loaded={loaded} lines={14}>
        {shown => <Content data={shown} control={control} />}
      </LoadedView>
    </div>
  );
}

function Content({ data, control }: { data: Data; control: FilterControl }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const labels = new Map([[data.domain.domainId, data.domain.domainLabel]]);
  const isOne = data.months.from === data.months.to;
  const month = data.months.to;
  if (data.total.lineCount === 0 && data.trend.every(({ hasData }) => !hasData)) {
    return (
      <NoData
        months={longMonths(data.months.from, month, locale)}
        states={data.states}
        reasons={data.reasons}
        isFiltered={data.applications !== null}
      />
    );
  }
  return (
    <>
      <section className="fa-card" aria-label={t('dashboard.total')}>
        <Headline
          title={t('dashboard.total')}
          amount={data.total}
          change={data.change}
          explained={isOne ? paths.explain({ month, domain: data.domain.domainId }) : null}
        />
        <MonthTrend
          label={t('domain.trend')}
          months={data.trend}
          shown={data.months}
          onSelect={chosen => control.change({ month: chosen, from: null, to: null })}
        />
      </section>
      <StatesCard states={data.states} reasons={data.reasons} labels={labels} />
      {data.domain.domainMode === 'INDIRECT' ? <Distributions data={data} /> : <DomainParts data={data} />}
    </>
  );
}
