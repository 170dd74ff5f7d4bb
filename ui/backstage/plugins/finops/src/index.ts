/**
 * What each application costs, month by month, and why: the pages of finops-assets in Backstage.
 *
 * @packageDocumentation
 */

export { default } from './plugin';
export { APPLICATION_ANNOTATION, applicationOf, hasCosts } from './annotation';
export { finopsApiRef, type FinopsApi } from './api';
export { rootRouteRef } from './routes';
export { finopsTranslationRef } from './translation';
