import { useEntity } from '@backstage/plugin-catalog-react';
import { Navigate, Route, Routes, useLocation } from 'react-router-dom';
import { applicationOf } from './annotation';
import { BackstagePages } from './BackstagePages';
import { PAGES } from './pages';

const SECTION = 'applications/';

/** What the application of an entity costs: the tab of the entity. */
export function EntityCosts() {
  const { entity } = useEntity();
  const { search } = useLocation();
  const page = PAGES.find(({ path }) => path.startsWith(`${SECTION}:`));
  const application = encodeURIComponent(applicationOf(entity) ?? '');
  return (
    <BackstagePages>
      <Routes>
        <Route path={page?.path.slice(SECTION.length)} element={page?.element} />
        <Route path="*" element={<Navigate to={{ pathname: application, search }} replace />} />
      </Routes>
    </BackstagePages>
  );
}
