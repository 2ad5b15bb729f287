import { createBrowserRouter } from 'react-router';
import { NewTaskPage } from '../submit/NewTaskPage';
import { RequireSession } from '../session/RequireSession';
import { SignInPage } from '../session/SignInPage';
import { TasksPage } from '../tasks/TasksPage';
import { NotFoundPage } from './NotFoundPage';
import { PageFailure } from './PageFailure';
import { Shell } from './Shell';

export const router = createBrowserRouter([
  {
    errorElement: <PageFailure />,
    hydrateFallbackElement: <></>,
    children: [
      { path: '/sign-in', element: <SignInPage /> },
      {
        element: <RequireSession />,
        children: [
          {
            element: <Shell />,
            children: [
              {
                errorElement: <PageFailure />,
                children: [
                  { index: true, element: <TasksPage /> },
                  { path: '/new', element: <NewTaskPage /> },
                  { path: '/tasks/:id', lazy: async () => ({ Component: (await import('../task/TaskPage')).TaskPage }) },
                  { path: '/pulls', lazy: async () => ({ Component: (await import('../pull-requests/PullRequestsPage')).PullRequestsPage }) },
                  { path: '/pulls/:number', lazy: async () => ({ Component: (await import('../pull-requests/PullRequestPage')).PullRequestPage }) },
                  { path: '/github', lazy: async () => ({ Component: (await import('../github/GitHubPage')).GitHubPage }) },
                  { path: '/github/connected', lazy: async () => ({ Component: (await import('../github/ConnectedPage')).ConnectedPage }) },
                  { path: '*', element: <NotFoundPage /> },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
]);
