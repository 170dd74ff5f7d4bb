import { createFrontendModule, createTranslationMessages } from '@backstage/frontend-plugin-api';
import { mockApis, renderTestApp } from '@backstage/frontend-test-utils';
import { TranslationBlueprint } from '@backstage/plugin-app-react';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import type { JsonObject } from '@backstage/types';
import { screen } from '@testing-library/react';
import { APPLICATION_ANNOTATION } from './annotation';
import { fr } from './pages/i18n/fr';
import finopsPlugin, { finopsTranslationRef } from '.';

/** The API's answer to somebody whom it does not know. */
const refused = () =>
  mockApis.fetch({
    baseImplementation: async () =>
      Response.json(
        { type: '/problems/unauthenticated', title: 'Unauthenticated', status: 401, detail: 'send a token' },
        { status: 401, headers: { 'Content-Type': 'application/problem+json' } },
      ),
  });

function configured(...extensions: JsonObject[]): JsonObject {
  return {
    app: { baseUrl: 'http://localhost:3000', extensions },
    backend: { baseUrl: 'http://localhost:7007' },
  };
}

function component(name: string, annotations: Record<string, string>) {
  const metadata = { name, annotations };
  return { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata, spec: { type: 'service' } };
}

describe('the page', () => {
  beforeEach(() => localStorage.clear());

  it('opens on its first section, says who is not let in, and has an item in the menu', async () => {
    renderTestApp({ features: [finopsPlugin], apis: [refused()], initialRouteEntries: ['/finops'] });
    expect(await screen.findByText('You are not signed in')).toBeInTheDocument();
    expect(screen.getByRole('tab', { name: 'Dashboard' })).toBeInTheDocument();
  });

  it('speaks the language of Backstage', async () => {
    const languages = { availableLanguages: ['en', 'fr'], defaultLanguage: 'fr' };
    const config = configured({ 'api:app/app-language': { config: languages } });
    renderTestApp({ config, features: [finopsPlugin], apis: [refused()], initialRouteEntries: ['/finops/dashboard'] });
    const title = fr['error.unauthorised.title'];
    expect(await screen.findByText(title)).toBeInTheDocument();
  });

  it('says what a company writes instead of our texts', async () => {
    const resource = createTranslationMessages({
      ref: finopsTranslationRef,
      messages: { 'error.unauthorised.title': 'Ask the service desk' },
    });
    const texts = createFrontendModule({
      pluginId: 'app',
      extensions: [TranslationBlueprint.make({ name: 'company', params: { resource } })],
    });
    renderTestApp({ features: [finopsPlugin, texts], apis: [refused()], initialRouteEntries: ['/finops'] });
    expect(await screen.findByText('Ask the service desk')).toBeInTheDocument();
  });

  it('has no tab that is switched off', async () => {
    const config = configured({ 'sub-page:finops/dashboard': false });
    renderTestApp({ config, features: [finopsPlugin], apis: [refused()], initialRouteEntries: ['/finops'] });
    expect(await screen.findAllByText('FinOps')).not.toHaveLength(0);
    expect(screen.queryByRole('tab', { name: 'Dashboard' })).not.toBeInTheDocument();
  });
});

describe('the tab of an entity', () => {
  const entities = [component('shop', { [APPLICATION_ANNOTATION]: 'APP-1' }), component('library', {})];

  async function openEntity(name: string) {
    renderTestApp({
      features: [catalogPlugin, finopsPlugin],
      apis: [refused(), [catalogApiRef, catalogApiMock({ entities })]],
      initialRouteEntries: [`/catalog/default/component/${name}`],
    });
    await screen.findByRole('link', { name: 'Overview' });
  }

  it('is there for an entity that names its application', async () => {
    await openEntity('shop');
    expect(screen.getByRole('link', { name: 'Costs' })).toBeInTheDocument();
  });

  it('is not there for another one', async () => {
    await openEntity('library');
    expect(screen.queryByRole('link', { name: 'Costs' })).not.toBeInTheDocument();
  });
});
