import classes from './GitHub.module.css';

const permissions: readonly [name: string, access: string, why: string][] = [
  ['Contents', 'write', 'commits on branches of its own, codex/…'],
  ['Pull requests', 'write', 'open and update its own, answer and post reviews'],
  ['Issues', 'write', 'a reaction, one status comment, labels'],
  ['Checks', 'write', 'the check “Codex verification”'],
  ['Metadata', 'read', 'GitHub grants it to every App'],
];

/** What an App that is made here may do on GitHub, and what there is instead for one person. */
export function AppAccess() {
  return (
    <div className={classes.access}>
      <h2 className={classes.accessTitle}>What it may do</h2>
      <table>
        <tbody>
          {permissions.map(([name, access, why]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{access}</td>
              <td>{why}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.small}>No workflows, no administration, no members, no secrets. Only the pull-request service holds the App’s key.</p>
      <h2 className={classes.accessTitle}>Just for you?</h2>
      <p className={classes.small}>
        Start the service with a fine-grained personal token in <code>CODEX_GITHUB_TOKEN</code>, and add a webhook to the repository whose secret is in{' '}
        <code>CODEX_GITHUB_WEBHOOK_SECRET</code>.
      </p>
    </div>
  );
}
