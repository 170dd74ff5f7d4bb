import type { Entity } from '@backstage/catalog-model';
import { APPLICATION_ANNOTATION, applicationOf, hasCosts } from './annotation';

function component(annotations?: Record<string, string>): Entity {
  return { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'shop', annotations } };
}

describe('the application of an entity', () => {
  it('is what its annotation names', () => {
    expect(applicationOf(component({ [APPLICATION_ANNOTATION]: ' APP-1 ' }))).toBe('APP-1');
  });

  it.each<Record<string, string> | undefined>([
    undefined,
    {},
    { [APPLICATION_ANNOTATION]: ' ' },
    { 'other.io/application-id': 'APP-1' },
  ])('is none, and the entity has no costs, with %j', annotations => {
    expect(hasCosts(component(annotations))).toBe(false);
  });
});
