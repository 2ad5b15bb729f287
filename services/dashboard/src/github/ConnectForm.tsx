import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import { callJson } from '../api/client';
import { describeError } from '../api/problem';
import type { GitHubManifest, NewAppRequest } from '../api/gitHubTypes';
import { Notice } from '../ui/Notice';
import { AppAccess } from './AppAccess';
import classes from './GitHub.module.css';

const isLocal = (address: string) => /^https?:\/\/(localhost|127\.|\[::1\])/i.test(address);

/** Asks for what GitHub has to know, then posts the App's manifest to GitHub, as GitHub wants it: by a form of the browser. */
export function ConnectForm() {
  const [publicUrl, setPublicUrl] = useState(location.origin);
  const [name, setName] = useState('');
  const [organization, setOrganization] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const make = useMutation({
    mutationFn: (body: NewAppRequest) => callJson<GitHubManifest>('/api/github/manifest', { method: 'POST', body }),
  });

  useEffect(() => {
    if (make.data !== undefined) {
      form.current?.submit();
    }
  }, [make.data]);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    make.mutate({ public_url: publicUrl.trim(), name: name.trim(), organization: organization.trim() === '' ? null : organization.trim() });
  };

  return (
    <div className={classes.connect}>
      <form className={classes.form} onSubmit={submit}>
        <p className={classes.lead}>
          Make a GitHub App of your own: GitHub asks you to confirm it, sends you back here, and you choose the repositories that it may work in.
        </p>
        <TextInput
          label="Public address of this service"
          description="GitHub sends deliveries there and people follow links to it."
          value={publicUrl}
          onChange={(event) => setPublicUrl(event.currentTarget.value)}
          required
        />
        {isLocal(publicUrl) && <Notice tone="warning">GitHub cannot reach this address: deliveries will not arrive until it is a public one.</Notice>}
        <TextInput
          label="Name of the App"
          description="Unique on GitHub; people will write @name."
          placeholder="codex-acme"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={34}
          required
        />
        <TextInput label="Organization" description="Leave empty for your own account." value={organization} onChange={(event) => setOrganization(event.currentTarget.value)} />
        {make.isError && <Notice tone="danger">{describeError(make.error)}</Notice>}
        <div>
          <Button type="submit" loading={make.isPending || make.isSuccess}>
            Make the App on GitHub
          </Button>
        </div>
      </form>
      <AppAccess />
      {make.data !== undefined && (
        <form ref={form} method="post" action={make.data.action} hidden>
          <input type="hidden" name="manifest" value={make.data.manifest} />
        </form>
      )}
    </div>
  );
}
