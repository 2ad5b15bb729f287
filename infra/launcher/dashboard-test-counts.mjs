// Prints "passed failed skipped" of the dashboard's test run, or fails when it cannot tell.
// usage: dashboard-test-counts.mjs <vitest's JSON report> <the run's output>
import { existsSync, readFileSync } from 'node:fs';

const [report, log] = process.argv.slice(2);

function fromReport() {
  if (!existsSync(report)) return undefined;
  const { numPassedTests, numFailedTests, numPendingTests = 0, numTodoTests = 0 } = JSON.parse(readFileSync(report, 'utf8'));
  return Number.isInteger(numPassedTests) && Number.isInteger(numFailedTests)
    ? [numPassedTests, numFailedTests, numPendingTests + numTodoTests]
    : undefined;
}

// The closing lines of Node's own runner: "# pass 3" (TAP) or "ℹ pass 3" (spec).
function fromSummary() {
  if (!existsSync(log)) return undefined;
  const text = readFileSync(log, 'utf8').replace(/\u001b\[[0-9;]*m/g, '');
  const figure = (name) => [...text.matchAll(new RegExp(`^[#ℹ] ${name} (\\d+)$`, 'gm'))].reduce((sum, match) => sum + Number(match[1]), 0);
  if (!/^[#ℹ] pass \d+$/m.test(text)) return undefined;
  return [figure('pass'), figure('fail') + figure('cancelled'), figure('skipped') + figure('todo')];
}

const counts = fromReport() ?? fromSummary();
if (!counts) process.exit(1);
console.log(counts.join(' '));
