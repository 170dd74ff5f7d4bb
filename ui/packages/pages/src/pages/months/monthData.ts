import type { Schemas } from '../../api/client';

/** What is known of a month. */
export type MonthData = Schemas['MonthPage'];
