import { describe, expect, it } from 'vitest';
import { describeError, readProblem, snakeCase } from '../src/api/problem';
import { mapProblemFields, validate } from '../src/submit/validation';

const answer = (status: number, body: string) => readProblem(new Response(body, { status }));

describe('readProblem', () => {
  it('takes title and fields of problem details', async () => {
    const problem = await answer(422, JSON.stringify({ title: 'There is no branch dev.', errors: { BaseRef: ['No such branch.'] } }));
    expect(problem.message).toBe('There is no branch dev.');
    expect(problem.fields).toEqual({ base_ref: ['No such branch.'] });
  });

  it('turns a page of a proxy into one clear line', async () => {
    const problem = await answer(503, '<html>Service Unavailable</html>');
    expect(describeError(problem)).toMatch(/Try again in a moment/);
  });
});

it.each([['TestCommand', 'test_command'], ['test_command', 'test_command'], ['$.base_ref', 'base_ref'], ['timeoutSeconds', 'timeout_seconds']])(
  'field %s is %s',
  (sent, field) => expect(snakeCase(sent)).toBe(field),
);

describe('mapProblemFields', () => {
  it('sorts messages to their fields and keeps the others', () => {
    const mapped = mapProblemFields({ repository: ['Not a repository.', 'It is empty.'], licence: ['Expired.'] });
    expect(mapped.fields).toEqual({ repository: 'Not a repository. It is empty.' });
    expect(mapped.other).toEqual(['Expired.']);
  });
});

describe('validate', () => {
  it('asks for repository and prompt', () => {
    expect(Object.keys(validate({ repository: '', prompt: '  ' }, 10))).toEqual(['repository', 'prompt']);
  });

  it('counts the characters of a prompt that is too long', () => {
    expect(validate({ repository: '/r', prompt: 'x'.repeat(200_000) }, 100_000).prompt).toBe(
      'The prompt has 200,000 characters; at most 100,000 are allowed.',
    );
  });
});
