import { PAGES } from './pages';
import { sectionOf } from './Section';
import { SECTIONS } from './sections';

it('has a tab for each section that the pages have, in their order', () => {
  const sections = [...new Set(PAGES.map(({ path }) => sectionOf(path)))];
  expect(SECTIONS.map(({ name }) => name)).toEqual(sections);
});

it('calls a tab what the pages call it', () => {
  for (const { name, label } of SECTIONS) {
    expect(PAGES.find(({ path }) => sectionOf(path) === name)?.label).toBe(label);
  }
});
