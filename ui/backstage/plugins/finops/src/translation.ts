/** The texts of the pages as Backstage keeps texts, so that a company can write its own. */

import { createTranslationRef } from '@backstage/frontend-plugin-api';
import { en } from './pages/i18n/en';

/** Every text of the plugin, in English and French; override them with a TranslationBlueprint. */
export const finopsTranslationRef = createTranslationRef({
  id: 'finops',
  messages: en,
  translations: { fr: async () => ({ default: (await import('./pages/i18n/fr')).fr }) },
});
