import { expect, it } from 'vitest';
import { PAGES } from '../src';

it('keeps every page in a section that has its place in the navigation: Backstage has a tab for each', () => {
  const sections = new Set(PAGES.flatMap(({ path, label }) => (label ? [path] : [])));
  expect(PAGES.map(({ path }) => path.split('/')[0] ?? '').filter(section => !sections.has(section))).toEqual([]);
});
