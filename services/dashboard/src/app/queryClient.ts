import { QueryClient } from '@tanstack/react-query';
import { ServiceUnreachable } from '../api/problem';

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // Only a lost connection is worth another try; an error answer would be the same again.
      retry: (failures, error) => error instanceof ServiceUnreachable && failures < 60,
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 5_000),
      // A service on this machine or this network needs no internet.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});
