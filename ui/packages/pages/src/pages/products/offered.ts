/** What can be done to a product, as it stands. */

import type { Schemas } from '../../api/client';

export type ProductData = Schemas['ProductHistory'];

export type Verb = 'activate' | 'deactivate' | 'decommission' | 'rename' | 'move' | 'release' | 'delete';

export interface ActProps {
  data: ProductData;
  onClose: () => void;
  /** It was done; what to tell of it. */
  onDone: (told: string) => void;
}

/** What makes sense as the product stands. */
export function offered({ state, decommissionedAt, heldBy, describedBy }: ProductData['product']): Verb[] {
  const inService = state === 'active' || state === 'unmapped';
  return [
    ...(!inService || decommissionedAt ? (['activate'] as const) : []),
    ...(inService ? (['deactivate'] as const) : []),
    'decommission',
    'rename',
    'move',
    ...(heldBy || describedBy ? (['release'] as const) : []),
    'delete',
  ];
}
