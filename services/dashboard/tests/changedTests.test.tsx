// @vitest-environment happy-dom
import './browser';
import { MantineProvider } from '@mantine/core';
import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { ChangedTests } from '../src/evidence/ChangedTests';
import type { VerificationReport } from '../src/api/types';

const report: VerificationReport = {
  verified: true, reason: '', fail_to_pass: ['t::a', 't::b'], pass_to_pass: 1, broken: [], still_failing: [], flaky: [], commands: [],
};

const show = (more: Partial<VerificationReport>) =>
  render(
    <MantineProvider>
      <ChangedTests report={{ ...report, ...more }} />
    </MantineProvider>,
  ).container;

it('says nothing of a patch that changes no tests, nor of a report that does not tell', () => {
  expect(show({}).querySelector('[role]')).toBeNull();
  expect(show({ changed_tests: [] }).querySelector('[role]')).toBeNull();
});

it('names the files, what happened to them, and which repaired tests are inside', () => {
  const text = show({
    changed_tests: [{ path: 'tests/<b>a</b>.py', change: 'modified' }, { path: 'pytest.ini', change: 'deleted' }],
    changed_fail_to_pass: ['t::a'],
  }).textContent;
  expect(text).toContain('The patch changes 2 test files: read them first');
  expect(text).toContain('tests/<b>a</b>.py modified');
  expect(text).toContain('pytest.ini deleted');
  expect(text).toContain('1 test that failed and passes now is in these files: t::a');
});
