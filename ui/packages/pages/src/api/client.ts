/** The API, typed by `docs/openapi.json`. */

import createFetchClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema';
import { ProblemError, problemOf } from './problem';

export type Schemas = components['schemas'];
export type FinopsClient = Client<paths>;

export interface ClientOptions {
  /** Where the API is: nothing for the page's own origin, or a proxy's path. */
  baseUrl: string;
  /** The language of the API's own texts. */
  language: string;
  /** How to ask: a shell hands in its own `fetch`, with the user's credentials. */
  fetch?: typeof globalThis.fetch;
}

/** A client of the API. */
export function createClient({ baseUrl, language, fetch }: ClientOptions): FinopsClient {
  const client = createFetchClient<paths>({
    baseUrl,
    headers: { 'Accept-Language': language },
    // `application=A&application=B`
    querySerializer: { array: { style: 'form', explode: true } },
    ...(fetch ? { fetch: request => fetch(request) } : {}),
  });
  return client;
}

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer itself; ProblemError when it is a problem, or when nothing answered. */
export async function answerOf<T>(asked: Promise<Answered<T>>): Promise<T> {
  let answered: Answered<T>;
  try {
    answered = await asked;
  } catch (error) {
    if (isAborted(error)) throw error;
    throw new ProblemError({ kind: 'network', status: 0 });
  }
  if (answered.response.ok && answered.error === undefined) return answered.data as T;
  throw problemOf(answered.response.status, answered.error);
}

/** Whether a request was given up on purpose. */
export function isAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
