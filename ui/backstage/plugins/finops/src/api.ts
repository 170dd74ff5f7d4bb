/** How the plugin asks the FinOps API: through the Backstage proxy, as the user who is signed in. */

import { createApiRef, type ConfigApi, type DiscoveryApi, type FetchApi } from '@backstage/frontend-plugin-api';
import { createClient, type FinopsClient } from './pages/api/client';

const PROXY_PATH = '/finops';
// the client wants whole addresses: what is before the path is put in place when the proxy's is known
const NOWHERE = 'http://finops.invalid';

/** The FinOps API. Replace it to reach the API by another way than the proxy. */
export interface FinopsApi {
  /** A client that is answered in this language. */
  client(language: string): FinopsClient;
}

/** @public */
export const finopsApiRef = createApiRef<FinopsApi>({ id: 'plugin.finops.api' });

export interface ProxiedApiOptions {
  configApi: ConfigApi;
  discoveryApi: DiscoveryApi;
  fetchApi: FetchApi;
}

/** The API behind `proxy.endpoints`, under the path that `finops.proxyPath` names. */
export class ProxiedFinopsApi implements FinopsApi {
  private readonly path: string;

  constructor(private readonly options: ProxiedApiOptions) {
    const path = options.configApi.getOptionalString('finops.proxyPath') ?? PROXY_PATH;
    this.path = `/${path.replace(/^\/+|\/+$/g, '')}`;
  }

  client(language: string): FinopsClient {
    return createClient({
      baseUrl: NOWHERE,
      language,
      fetch: input => this.send(input instanceof Request ? input : new Request(input)),
    });
  }

  private async send(request: Request): Promise<Response> {
    const { discoveryApi, fetchApi } = this.options;
    const proxy = await discoveryApi.getBaseUrl('proxy');
    const { method, headers, signal } = request;
    const body = method === 'GET' || method === 'HEAD' ? undefined : await request.text();
    return fetchApi.fetch(`${proxy}${this.path}${request.url.slice(NOWHERE.length)}`, {
      method,
      headers,
      signal,
      body,
    });
  }
}
