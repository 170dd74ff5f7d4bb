import {
  ApiBlueprint,
  configApiRef,
  createFrontendPlugin,
  discoveryApiRef,
  fetchApiRef,
  PageBlueprint,
  SubPageBlueprint,
} from '@backstage/frontend-plugin-api';
import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { finopsApiRef, ProxiedFinopsApi } from './api';
import { hasCosts } from './annotation';
import { FinopsIcon } from './FinopsIcon';
import { en } from './pages/i18n/en';
import { rootRouteRef } from './routes';
import { SECTIONS } from './sections';

const api = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: finopsApiRef,
      deps: { configApi: configApiRef, discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: deps => new ProxiedFinopsApi(deps),
    }),
});

const page = PageBlueprint.make({
  params: { path: '/finops', title: 'FinOps', icon: <FinopsIcon />, routeRef: rootRouteRef },
});

const subPages = SECTIONS.map(({ name, label }) =>
  SubPageBlueprint.make({
    name,
    attachTo: { id: 'page:finops', input: 'pages' },
    params: {
      path: name,
      title: en[label as keyof typeof en],
      loader: async () => {
        const { Section } = await import('./Section');
        return <Section name={name} />;
      },
    },
  }),
);

const entityCosts = EntityContentBlueprint.make({
  name: 'costs',
  params: {
    path: '/costs',
    title: 'Costs',
    filter: hasCosts,
    loader: async () => {
      const { EntityCosts } = await import('./EntityCosts');
      return <EntityCosts />;
    },
  },
});

/** The plugin: its page with a tab for each section, the tab of an entity, the API and the texts. */
export default createFrontendPlugin({
  pluginId: 'finops',
  title: 'FinOps',
  icon: <FinopsIcon />,
  info: { packageJson: () => import('../package.json') },
  routes: { root: rootRouteRef },
  extensions: [api, page, ...subPages, entityCosts],
});
