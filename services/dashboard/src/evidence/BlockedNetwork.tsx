import type { NetworkPhase, VerificationReport } from '../api/types';
import { Notice } from '../ui/Notice';
import { plural } from '../ui/time';
import classes from './BlockedNetwork.module.css';
import evidence from './Evidence.module.css';

const shown = 20;

const tried = (phase: NetworkPhase) => phase.names.length > 0 || phase.other_lookups > 0 || phase.addresses > 0;

/** What programs in the sandboxes tried to reach; nothing in reports of versions that did not look. */
export function BlockedNetwork({ report }: { report: VerificationReport }) {
  const network = report.network ?? null;
  if (network === null) {
    return null;
  }
  const phases: [string, NetworkPhase][] = [
    ['While the change was made', network.work],
    ['Tests before the patch', network.before],
    ['Tests with the patch', network.after],
  ];
  const busy = phases.filter(([, phase]) => tried(phase));
  const newAddresses = network.after.addresses > 0 && network.before.addresses_counted && network.before.addresses === 0;
  const silent = phases.every(([, phase]) => !phase.names_recorded && !phase.addresses_counted);
  const partly = !silent && phases.some(([, phase]) => !phase.names_recorded || !phase.addresses_counted);
  return (
    <section>
      <h2 className={evidence.heading}>Blocked network attempts</h2>
      <p className={evidence.note}>
        {silent ? 'Not recorded: the sandboxes could not watch for them. They have no network.' : busy.length === 0 ? 'None was recorded. ' : ''}
        {!silent && 'Recorded inside the sandboxes, which have no network; programs there can hide or invent attempts. The verdict does not depend on it.'}
        {partly && ' Not every kind of attempt could be recorded in each phase.'}
      </p>
      {(network.new_with_patch.length > 0 || newAddresses) && (
        <div className={classes.news}>
          <Notice tone="warning" title="New with this patch">
            <ul className={classes.names}>
              {network.new_with_patch.slice(0, shown).map((name) => (
                <li key={name}>
                  <code>{name}</code>
                </li>
              ))}
              {network.new_with_patch.length > shown && <li>and {network.new_with_patch.length - shown} more names</li>}
              {newAddresses && <li>attempts to reach addresses</li>}
            </ul>
          </Notice>
        </div>
      )}
      {busy.length > 0 && (
        <dl className={classes.phases}>
          {busy.map(([name, phase]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <Attempts phase={phase} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function Attempts({ phase }: { phase: NetworkPhase }) {
  const others = phase.names.slice(shown).reduce((sum, name) => sum + name.count, 0) + phase.other_lookups;
  return (
    <ul className={classes.names}>
      {phase.names.slice(0, shown).map((name) => (
        <li key={name.name} title={`DNS records: ${name.types.join(', ')}`}>
          <code>{name.name}</code> <span className={classes.count}>{name.count.toLocaleString('en')}×</span>
        </li>
      ))}
      {others > 0 && <li>{plural(others, 'lookup')} of other names</li>}
      {phase.addresses > 0 && <li>{plural(phase.addresses, 'attempt')} to reach an address; which ones is not known</li>}
    </ul>
  );
}
