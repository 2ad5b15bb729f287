import { Button, PasswordInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { ApiProblem, describeError } from '../api/problem';
import { Wordmark } from '../ui/Logo';
import { Notice } from '../ui/Notice';
import { usePageTitle } from '../ui/usePageTitle';
import { safeReturnPath, signIn, takeTokenFromAddress } from './signIn';
import classes from './SignInPage.module.css';

export function SignInPage() {
  usePageTitle('Sign in');
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const navigate = useNavigate();
  const location = useLocation();
  const [search] = useSearchParams();
  const queries = useQueryClient();
  const returnTo = safeReturnPath(search.get('to'));

  const enter = async (value: string) => {
    setBusy(true);
    setProblem(null);
    try {
      await signIn(value);
      queries.clear();
      await navigate(returnTo, { replace: true });
    } catch (error) {
      setProblem(
        error instanceof ApiProblem && error.status === 401
          ? 'That token is not valid. Copy it whole, as ./codex token --show prints it.'
          : describeError(error),
      );
      setBusy(false);
    }
  };

  // A link that carries the token signs in by itself, also when it is pasted into the open page.
  useEffect(() => {
    const linked = takeTokenFromAddress(window.location, window.history);
    if (linked !== null) {
      // eslint-disable-next-line react-hooks/set-state-in-effect -- the address bar is the outside world here
      void enter(linked);
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a new address is what counts
  }, [location]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() === '') {
      setProblem('Paste the API token first.');
      return;
    }
    void enter(token.trim());
  };

  return (
    <main className={classes.page}>
      <form className={classes.card} onSubmit={submit}>
        <Wordmark large />
        <div>
          <h1 className={classes.title}>Sign in</h1>
          <p className={classes.lead}>Hand over a coding task, read the proof, merge the pull request.</p>
        </div>
        {problem !== null && <Notice tone="danger">{problem}</Notice>}
        {/* Password managers file the token under this name. */}
        <input type="text" name="username" autoComplete="username" defaultValue="CodexService" hidden />
        <PasswordInput
          label="API token"
          description={
            <>
              <code>./codex token --show</code> prints it on the machine that runs the service, where it is kept in the file{' '}
              <code>token</code> of the data folder (<code>~/.local/share/codex-service</code>, unless <code>CODEX_DATA</code> names
              another). The link that <code>./codex up</code> shows in a terminal signs you in directly.
            </>
          }
          placeholder="Paste your token"
          autoComplete="current-password"
          autoFocus
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          disabled={busy}
        />
        <Button type="submit" loading={busy} size="md">
          Sign in
        </Button>
      </form>
    </main>
  );
}
