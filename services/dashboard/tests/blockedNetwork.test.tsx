// @vitest-environment happy-dom
import './browser';
import { MantineProvider } from '@mantine/core';
import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { NetworkPhase, NetworkReport, VerificationReport } from '../src/api/types';
import { BlockedNetwork } from '../src/evidence/BlockedNetwork';

const report: VerificationReport = {
  verified: true, reason: '', fail_to_pass: [], pass_to_pass: 1, broken: [], still_failing: [], flaky: [], commands: [],
};
const quiet: NetworkPhase = { names_recorded: true, addresses_counted: true, names: [], other_lookups: 0, addresses: 0 };
const network: NetworkReport = { work: quiet, before: quiet, after: quiet, new_with_patch: [] };
const blind: NetworkPhase = { ...quiet, names_recorded: false, addresses_counted: false };

const show = (shown: NetworkReport | undefined) =>
  render(
    <MantineProvider>
      <BlockedNetwork report={{ ...report, ...(shown && { network: shown }) }} />
    </MantineProvider>,
  ).container;

it('says nothing of a report that does not tell, and tells none from not recorded', () => {
  expect(show(undefined).querySelector('section')).toBeNull();
  expect(show(network).textContent).toContain('None was recorded.');
  expect(show({ work: blind, before: blind, after: blind, new_with_patch: [] }).textContent).toContain('Not recorded');
});

it('lists names as text with their counts, and what is new with the patch first', () => {
  const shown = show({
    ...network,
    before: { ...quiet, names: [{ name: 'pypi.org', count: 3, types: ['A', 'AAAA'] }], addresses: 0 },
    after: {
      ...quiet,
      names: [{ name: 'pypi.org', count: 3, types: ['A'] }, { name: 'https\\058\\047\\047evil.example', count: 1, types: ['TXT'] }],
      other_lookups: 7,
      addresses: 1,
    },
    new_with_patch: ['https\\058\\047\\047evil.example'],
  });
  expect(shown.querySelector('a')).toBeNull();
  expect(shown.querySelector('[role=status]')?.textContent).toBe('New with this patchhttps\\058\\047\\047evil.exampleattempts to reach addresses');
  expect([...shown.querySelectorAll('dt')].map((phase) => phase.textContent)).toEqual(['Tests before the patch', 'Tests with the patch']);
  expect(shown.textContent).toContain('pypi.org 3×');
  expect(shown.textContent).toContain('7 lookups of other names');
  expect(shown.textContent).toContain('1 attempt to reach an address');
});

it('shows twenty names and counts the rest', () => {
  const names = Array.from({ length: 25 }, (_, at) => ({ name: `n${at}.example`, count: 2, types: ['A'] }));
  const shown = show({ ...network, work: { ...quiet, names } });
  expect(shown.querySelectorAll('code')).toHaveLength(20);
  expect(shown.textContent).toContain('10 lookups of other names');
});
