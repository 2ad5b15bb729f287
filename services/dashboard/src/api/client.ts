import { reportSignedOut } from '../session/sessionState';
import { reportConnection } from './connection';
import { readProblem, ServiceUnreachable } from './problem';

export interface CallOptions {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Calls the API; throws `ApiProblem` for an error answer and `ServiceUnreachable` for none. */
export async function call(path: string, options: CallOptions = {}): Promise<Response> {
  const { method = 'GET', body, signal } = options;
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
  if (method !== 'GET') {
    headers['X-Codex-Request'] = '1';
  }
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      signal,
      credentials: 'same-origin',
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted === true) {
      throw error;
    }
    reportConnection('lost');
    throw new ServiceUnreachable();
  }
  reportConnection(response.status === 502 || response.status === 504 ? 'lost' : 'ok');
  if (response.status === 401) {
    reportSignedOut();
  }
  if (!response.ok) {
    throw await readProblem(response);
  }
  return response;
}

export async function callJson<T>(path: string, options?: CallOptions): Promise<T> {
  return (await (await call(path, options)).json()) as T;
}

export async function callText(path: string, options?: CallOptions): Promise<string> {
  return (await call(path, { ...options, headers: { Accept: 'text/plain, text/x-diff' } })).text();
}
