import { useEntity } from '@backstage/plugin-catalog-react';
import { Navigate, useLocation } from 'react-router-dom';
import { applicationOf } from './annotation';
import { BackstagePages } from './BackstagePages';
import { PAGES } from './pages';

/** What the application of an entity costs: the tab of the entity. */
export function EntityCosts() {
  const { entity } = useEntity();
  const { search } = useLocation();
  const application = applicationOf(entity) ?? '';
  const params = new URLSearchParams(search);
  if (params.getAll('app').join() !== application) {
    params.set('app', application);
    return <Navigate to={{ search: params.toString() }} replace />;
  }
  return <BackstagePages>{PAGES[0].element}</BackstagePages>;
}
