/** The last one or two parts of a path or clone URL: `acme/shop`, `shop`. */
export function repositoryName(repository: string): string {
  const trimmed = repository.replace(/[/\\]+$/, '').replace(/\.git$/, '');
  const remote = /^(?:[a-z+]+:\/\/(?!\/)[^/]+\/|[^/@]+@[^:/]+:)(.+)$/i.exec(trimmed)?.[1];
  if (remote !== undefined) {
    return remote.split('/').slice(-2).join('/');
  }
  return trimmed.split(/[/\\]/).at(-1) ?? trimmed;
}
