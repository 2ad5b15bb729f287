import { useQuery } from '@tanstack/react-query';
import { Navigate, Outlet, useLocation } from 'react-router';
import { call } from '../api/client';
import { reportSignedIn, useSessionState } from './sessionState';

/** Shows the pages inside to a signed-in person; sends others to sign in, and back here afterwards. */
export function RequireSession() {
  const session = useSessionState();
  const location = useLocation();
  useQuery({
    queryKey: ['session'],
    queryFn: async ({ signal }) => {
      await call('/api/session', { signal });
      reportSignedIn();
      return true;
    },
    enabled: session === 'unknown',
    staleTime: Infinity,
  });

  if (session === 'out') {
    const to = location.pathname + location.search + location.hash;
    return <Navigate to={to === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(to)}`} replace />;
  }
  return <Outlet />;
}
