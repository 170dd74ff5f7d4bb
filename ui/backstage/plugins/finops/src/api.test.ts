import { mockApis } from '@backstage/frontend-test-utils';
import { ProxiedFinopsApi } from './api';

const PROXY = 'https://backstage.example.org/api/proxy';

/** What is sent through Backstage's fetch, and an answer of the API to it. */
function proxied(config = {}) {
  const sent: { url: string; init: RequestInit }[] = [];
  const api = new ProxiedFinopsApi({
    configApi: mockApis.config({ data: config }),
    discoveryApi: { getBaseUrl: async id => `https://backstage.example.org/api/${id}` },
    fetchApi: {
      fetch: async (input, init) => {
        sent.push({ url: String(input), init: init! });
        return Response.json({ type: 'about:blank', title: 'Unauthenticated', status: 401 }, { status: 401 });
      },
    },
  });
  return { api, sent };
}

describe('the API behind the proxy', () => {
  it('is asked under /finops, with the query and the language', async () => {
    const { api, sent } = proxied();
    await api.client('fr').GET('/dashboard', { params: { query: { month: '2026-10', application: ['a&b', 'c'] } } });
    expect(sent[0].url).toBe(`${PROXY}/finops/dashboard?month=2026-10&application=a%26b&application=c`);
    expect(new Headers(sent[0].init.headers).get('Accept-Language')).toBe('fr');
    expect(sent[0].init.body).toBeUndefined();
  });

  it.each(['/costs/api', 'costs/api/'])('is asked where finops.proxyPath says: %s', async proxyPath => {
    const { api, sent } = proxied({ finops: { proxyPath } });
    await api.client('en').GET('/me');
    expect(sent[0].url).toBe(`${PROXY}/costs/api/me`);
  });

  it('is sent what an act says', async () => {
    const { api, sent } = proxied();
    const body = { productIds: ['vm'], reason: 'gone' };
    await api.client('en').POST('/products/deactivate', { body } as never);
    expect(sent[0].init.method).toBe('POST');
    expect(JSON.parse(String(sent[0].init.body))).toEqual(body);
    expect(new Headers(sent[0].init.headers).get('Content-Type')).toBe('application/json');
  });

  it('hands on what it refused', async () => {
    const { response, error } = await proxied().api.client('en').GET('/me');
    expect(response.status).toBe(401);
    expect(error).toMatchObject({ title: 'Unauthenticated' });
  });

  it('is no longer waited for when a page gives up', async () => {
    const { api, sent } = proxied();
    const aborter = new AbortController();
    await api.client('en').GET('/me', { signal: aborter.signal });
    expect(sent[0].init.signal?.aborted).toBe(false);
    aborter.abort();
    expect(sent[0].init.signal?.aborted).toBe(true);
  });
});
