/** Why a request was refused: RFC 9457 problems, and what is to be made of answers that are none. */

import type { components } from './schema';

type Problem = components['schemas']['Problem'];

export type ProblemKind = 'network' | 'unauthorised' | 'forbidden' | 'refused' | 'unexpected';

interface Told {
  kind: ProblemKind;
  status: number;
  problem?: Problem | undefined;
}

/** A request that had no answer, and why. */
export class ProblemError extends Error {
  readonly kind: ProblemKind;
  readonly status: number;
  readonly problem: Problem | undefined;

  constructor({ kind, status, problem }: Told) {
    super(problem?.detail ?? `${kind} ${status}`);
    this.name = 'ProblemError';
    this.kind = kind;
    this.status = status;
    this.problem = problem;
  }
}

/** The error of an answer that is not a success. */
export function problemOf(status: number, body: unknown): ProblemError {
  const problem = isProblem(body) ? body : undefined;
  if (status === 401) return new ProblemError({ kind: 'unauthorised', status, problem });
  if (status === 403) return new ProblemError({ kind: 'forbidden', status, problem });
  return new ProblemError({ kind: problem ? 'refused' : 'unexpected', status, problem });
}

/** Any error as one of these. */
export function asProblem(error: unknown): ProblemError {
  return error instanceof ProblemError ? error : new ProblemError({ kind: 'unexpected', status: 0 });
}

function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null) return false;
  const { title, detail } = body as Record<string, unknown>;
  return typeof title === 'string' && typeof detail === 'string';
}
