import { useEffect } from 'react';
import { Route, Routes, useNavigate } from 'react-router-dom';
import { BackstagePages } from './BackstagePages';
import { NotFound, PAGES, useFilters } from './pages';
import { FIRST } from './sections';

// Backstage's tabs are plain links: what was filtered in one section is taken along to the next
let kept = '';

/** A section of the page: its first page, and those below it. */
export function Section({ name }: { name: string }) {
  return (
    <BackstagePages>
      <KeepFilters name={name} />
      <Routes>
        {PAGES.filter(page => sectionOf(page.path) === name).map(page => (
          <Route key={page.path} path={page.path.split('/').slice(1).join('/')} element={page.element} />
        ))}
        <Route path="*" element={<NotFound />} />
      </Routes>
    </BackstagePages>
  );
}

/** The section that a path of the pages belongs to. */
export function sectionOf(path: string): string {
  return path.split('/')[0] || FIRST;
}

function KeepFilters({ name }: { name: string }) {
  const { search } = useFilters();
  const navigate = useNavigate();
  useEffect(() => {
    if (!search && kept) navigate({ search: kept }, { replace: true });
    // only when a section is opened: later an empty search means that the filters were reset
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [name]);
  useEffect(() => {
    kept = search;
  }, [search]);
  return null;
}
