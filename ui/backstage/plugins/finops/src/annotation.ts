/** Which application of the mart an entity of the catalog is. */

import type { Entity } from '@backstage/catalog-model';

/** The annotation that names the application of an entity. */
export const APPLICATION_ANNOTATION = 'finops-assets.io/application-id';

/** The application an entity names; undefined when it names none. */
export function applicationOf(entity: Entity): string | undefined {
  return entity.metadata.annotations?.[APPLICATION_ANNOTATION]?.trim() || undefined;
}

/** Whether an entity has a tab of its costs. */
export function hasCosts(entity: Entity): boolean {
  return applicationOf(entity) !== undefined;
}
