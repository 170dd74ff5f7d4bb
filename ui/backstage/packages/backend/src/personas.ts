/**
 * Signs in whoever the page says that he is, as a user of the catalog with a real Backstage token. It stands for the
 * proxy or identity provider of a company, and runs nowhere but in development.
 */

import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { AuthenticationError } from '@backstage/errors';
import {
  authProvidersExtensionPoint,
  createProxyAuthenticator,
  createProxyAuthProviderFactory,
} from '@backstage/plugin-auth-node';

const HEADER = 'x-persona';

interface Persona {
  name: string;
}

const authenticator = createProxyAuthenticator({
  defaultProfileTransform: async ({ name }: Persona) => ({ profile: { displayName: name } }),
  initialize: () => {
    if (process.env.NODE_ENV !== 'development') {
      throw new Error('personas sign in without a password: remove them outside development');
    }
  },
  authenticate: async ({ req }) => {
    const name = req.header(HEADER);
    if (!name) throw new AuthenticationError(`the header ${HEADER} names nobody`);
    return { result: { name } };
  },
});

export default createBackendModule({
  pluginId: 'auth',
  moduleId: 'personas',
  register(registration) {
    registration.registerInit({
      deps: { providers: authProvidersExtensionPoint, logger: coreServices.logger },
      async init({ providers, logger }) {
        logger.warn('personas sign in without a password: for development only');
        providers.registerProvider({
          providerId: 'personas',
          factory: createProxyAuthProviderFactory({
            authenticator,
            signInResolver: async ({ result }, context) =>
              context.signInWithCatalogUser({ entityRef: { name: result.name } }),
          }),
        });
      },
    });
  },
});
