import type { Schemas } from '../../api/client';

/** What an application has in one domain. */
export type Holding = Schemas['LineageHolding'];

/** Whose amount it is, and in what. */
export interface Of {
  application: string;
  currency: string;
  view: string;
}
