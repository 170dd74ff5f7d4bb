import { useState } from 'react';
import { Link, useParams } from 'react-router-dom';
import { answerOf } from '../../api/client';
import { ProductBadge } from '../../components/Badges';
import { Done } from '../../components/Done';
import { Card, PageHead } from '../../components/Card';
import { Crumbs } from '../../components/Crumbs';
import { FactList } from '../../components/FactList';
import { LoadedView } from '../../components/States';
import { ViewSelect } from '../../components/ViewSelect';
import { usePages } from '../../context';
import { useFilters } from '../../filters/useFilters';
import { longDay, longMonth, moment } from '../../format/months';
import { useDomains } from '../../loading/useDomains';
import { useLoad } from '../../loading/useLoad';
import { usePaths } from '../../navigation/usePaths';
import { ActLog } from './ActLog';
import { describedSince, heldSince } from './acts';
import type { ProductData } from './offered';
import { ProductActs } from './ProductActs';
import { ProductUse } from './ProductUse';
import { Ending } from './Products';

/** One product: how it stands and who said so, what was used of it, and what can be done. */
export function ProductView() {
  const { domainId = '', productId = '' } = useParams();
  const { client, t, can, language } = usePages();
  const control = useFilters();
  const paths = usePaths();
  const [done, setDone] = useState<string | null>(null);
  const { pricingView } = control.filters;
  const query = { domain: domainId, product: productId, ...(pricingView ? { pricingView } : {}) };
  const loaded = useLoad(`product ${language} ${JSON.stringify(query)}`, signal =>
    answerOf(client.GET('/products/history', { params: { query }, signal })),
  );
  const { labels } = useDomains();
  const { data } = loaded;
  const domainLabel = labels.get(domainId) ?? domainId;
  return (
    <div className="fa-page">
      <Crumbs
        crumbs={[
          { label: t('products.title'), to: paths.products() },
          { label: domainLabel, to: paths.products(domainId) },
        ]}
      />
      <PageHead
        title={data && !loaded.isFormer ? data.product.productLabel : productId}
        facts={data && !loaded.isFormer && <Facts product={data.product} />}
        actions={
          <ViewSelect
            chosen={pricingView ?? data?.pricingView?.pricingViewId ?? null}
            onChange={view => control.change({ pricingView: view })}
          />
        }
      />
      <Done told={done} />
      <LoadedView loaded={loaded} lines={16}>
        {shown => (
          <>
            <Standing data={shown} domainLabel={domainLabel} />
            {can('admin') && (
              <ProductActs
                data={shown}
                onDone={text => {
                  setDone(text);
                  loaded.reload();
                }}
              />
            )}
            <ProductUse data={shown} />
            <Card title={t('product.acts')}>
              <ActLog acts={shown.acts} csvName={`${productId}-acts`} />
            </Card>
          </>
        )}
      </LoadedView>
    </div>
  );
}

function Facts({ product }: { product: ProductData['product'] }) {
  const { locale } = usePages();
  const { state, decommissionedAt } = product;
  return (
    <>
      <ProductBadge state={state} />
      {decommissionedAt && (
        <span>
          <Ending of={product} day={longDay(decommissionedAt, locale)} />
        </span>
      )}
      <code>{product.productId}</code>
    </>
  );
}

function Standing({ data: { product, acts }, domainLabel }: { data: ProductData; domainLabel: string }) {
  const { t, locale } = usePages();
  const paths = usePaths();
  const since = (person: string | null, at: string | null) =>
    person === null
      ? t('product.nobody')
      : at === null
        ? person
        : t('product.since', { person, moment: moment(at, locale) });
  return (
    <Card title={t('product.standing')}>
      <p>{t(`products.${product.state}.hint`)}</p>
      <FactList
        facts={[
          [
            t('column.domain'),
            <Link key="domain" to={paths.domain(product.domainId)}>
              {domainLabel}
            </Link>,
          ],
          [t('column.family'), product.familyLabel],
          [t('column.metric'), product.consumptionMetric],
          [t('product.held'), since(product.heldBy, heldSince(acts))],
          [t('product.described'), since(product.describedBy, describedSince(acts))],
          ...(product.describedIn
            ? ([[t('product.describedIn'), longMonth(product.describedIn, locale)]] as const)
            : []),
          [t('product.listed'), t(product.inReferential ? 'product.yes' : 'product.no')],
          [t('product.created'), moment(product.createdAt, locale)],
        ]}
      />
    </Card>
  );
}
