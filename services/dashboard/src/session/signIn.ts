import { call } from '../api/client';
import { reportSignedIn, reportSignedOut } from './sessionState';

/** Exchanges the API token for the HttpOnly session cookie. The token itself is kept nowhere. */
export async function signIn(token: string): Promise<void> {
  await call('/api/session', { method: 'POST', body: { token } });
  reportSignedIn();
}

export async function signOut(): Promise<void> {
  await call('/api/session', { method: 'DELETE' });
  reportSignedOut();
}

/** Reads `#token=…` of the links that `codex up` prints, and removes it from the address bar and the history. */
export function takeTokenFromAddress(location: Location, history: History): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) {
    return null;
  }
  history.replaceState(history.state, '', location.pathname + location.search);
  return token.trim();
}

/** Where to go after signing in; only a path of this dashboard is accepted. */
export function safeReturnPath(wanted: string | null): string {
  return wanted !== null && /^\/(?![/\\])/.test(wanted) && !wanted.startsWith('/sign-in') ? wanted : '/';
}
