import type { GitHubConnectionInfo } from '../api/gitHubTypes';

/** `asking` until GitHub has answered, `away` while what stands against it may pass by itself, `refused` when a person has to change something. */
export type ConnectionState = 'works' | 'asking' | 'away' | 'refused';

export function connectionState(connection: GitHubConnectionInfo): ConnectionState {
  if (connection.problem !== null) {
    return connection.problem_passes === true ? 'away' : 'refused';
  }
  return connection.checked_at === null ? 'asking' : 'works';
}

const kinds: Record<GitHubConnectionInfo['kind'], string> = { app: 'as a GitHub App', token: 'with a personal token', none: '' };

/** What the card says first. */
export function connectionTitle(connection: GitHubConnectionInfo): string {
  if (connection.kind === 'none') {
    return 'Not connected';
  }
  switch (connectionState(connection)) {
    case 'works':
      return `Connected ${kinds[connection.kind]}`;
    case 'asking':
      return 'Asking GitHub whose the credentials are…';
    case 'away':
      return 'GitHub cannot be asked now';
    case 'refused':
      return connection.kind === 'app' ? 'GitHub refuses the App' : 'GitHub refuses the token';
  }
}

const warnDays = 14;

/** Whether a token is to be replaced soon. */
export const endsSoon = (expiresAt: string, now: number): boolean => Date.parse(expiresAt) - now < warnDays * 86_400_000;
