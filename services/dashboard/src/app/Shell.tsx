import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { GitPullRequest, Keyboard, ListChecks, LogOut, Plus, Webhook } from '../ui/icons';
import { Suspense } from 'react';
import { Link, NavLink, Outlet, useNavigate } from 'react-router';
import { useConnection } from '../api/connection';
import { signOut } from '../session/signIn';
import { Mark, Wordmark } from '../ui/Logo';
import { queries } from './queryClient';
import { SchemeSwitch } from './SchemeSwitch';
import classes from './Shell.module.css';
import { ShortcutsDialog } from './ShortcutsDialog';
import { useShortcuts } from './useShortcuts';

/** The frame around every signed-in page. */
export function Shell() {
  const [helpOpen, help] = useDisclosure(false);
  const navigate = useNavigate();
  const connection = useConnection();
  useShortcuts({
    '?': help.open,
    n: () => void navigate('/new'),
    'g t': () => void navigate('/'),
    'g p': () => void navigate('/pulls'),
    'g h': () => void navigate('/github'),
  });

  const leave = () => void signOut().catch(() => undefined).finally(() => queries.clear());

  return (
    <>
      <a href="#content" className={classes.skip}>
        Skip to the content
      </a>
      <header className={classes.header}>
        <div className={classes.bar}>
          <Link to="/" className={classes.home} aria-label="CodexService, tasks">
            <span className={classes.wide}>
              <Wordmark />
            </span>
            <span className={classes.narrow}>
              <Mark />
            </span>
          </Link>
          <nav className={classes.nav} aria-label="Main">
            <NavLink to="/" end className={classes.link}>
              <ListChecks size={17} aria-hidden="true" />
              Tasks
            </NavLink>
            <NavLink to="/pulls" className={classes.link}>
              <GitPullRequest size={17} aria-hidden="true" />
              <span>
                Pull<span className={classes.wide}> request</span>s
              </span>
            </NavLink>
            <NavLink to="/github" className={classes.link}>
              <Webhook size={17} aria-hidden="true" />
              GitHub
            </NavLink>
          </nav>
          <div className={classes.tools}>
            <SchemeSwitch />
            <Tooltip label="Keyboard shortcuts (?)">
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Keyboard shortcuts" onClick={help.open} className={classes.wide}>
                <Keyboard size={18} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label="Sign out">
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Sign out" onClick={leave}>
                <LogOut size={18} />
              </ActionIcon>
            </Tooltip>
            <Button component={Link} to="/new" leftSection={<Plus size={17} />} className={classes.wide} size="sm">
              New task
            </Button>
            <ActionIcon component={Link} to="/new" size="lg" aria-label="New task" className={classes.narrow} variant="filled">
              <Plus size={18} />
            </ActionIcon>
          </div>
        </div>
        {connection === 'lost' && (
          <div className={classes.lost} role="alert">
            Connection to the service lost. Trying again; nothing that was submitted is lost.
          </div>
        )}
      </header>
      <main id="content" className={classes.content} tabIndex={-1}>
        <Suspense fallback={null}>
          <Outlet />
        </Suspense>
      </main>
      <ShortcutsDialog opened={helpOpen} onClose={help.close} />
    </>
  );
}
