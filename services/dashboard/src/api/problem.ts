import type { ProblemDetails } from './types';

/** A call that the service answered with an error, in words for people. */
export class ApiProblem extends Error {
  readonly status: number;
  /** Field (snake_case) → messages. */
  readonly fields: Readonly<Record<string, string[]>>;

  constructor(status: number, title: string, fields: Record<string, string[]> = {}) {
    super(title);
    this.name = 'ApiProblem';
    this.status = status;
    this.fields = fields;
  }
}

/** The service could not be reached at all. */
export class ServiceUnreachable extends Error {
  constructor() {
    super('The service does not answer. Check that it is running; this page tries again by itself.');
    this.name = 'ServiceUnreachable';
  }
}

const fallbacks: Record<number, string> = {
  400: 'The service did not understand the request.',
  401: 'You are signed out. Sign in with your API token.',
  403: 'This session may not do that. Reload the page and sign in again.',
  404: 'This does not exist, or no longer.',
  409: 'Somebody or something changed this in the meantime. Reload and look again.',
  429: 'Too many requests. Wait a moment and try again.',
  503: 'The service is starting or has lost its database. Try again in a moment.',
};

/** Reads the problem details of an answer; an answer without them still becomes one clear line. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const fallback = fallbacks[response.status] ?? `The service failed (HTTP ${response.status}). Its log says why; try again.`;
  const text = await response.text().catch(() => '');
  let problem: ProblemDetails;
  try {
    problem = JSON.parse(text) as ProblemDetails;
  } catch {
    return new ApiProblem(response.status, fallback); // A proxy's HTML page, say.
  }
  const fields: Record<string, string[]> = {};
  for (const [field, messages] of Object.entries(problem.errors ?? {})) {
    fields[snakeCase(field)] = messages;
  }
  const line = [problem.title, problem.detail].filter((part) => part !== undefined && part !== '').join(' ');
  return new ApiProblem(response.status, line === '' ? fallback : line, fields);
}

/** `TestCommand`, `testCommand` and `$.test_command` all name the field `test_command`. */
export function snakeCase(field: string): string {
  return field
    .replace(/^\$\.?/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** The one line to show for any thrown thing. */
export function describeError(error: unknown): string {
  if (error instanceof ApiProblem || error instanceof ServiceUnreachable) {
    return error.message;
  }
  return `The dashboard failed: ${error instanceof Error ? error.message : String(error)}. Reload the page.`;
}
