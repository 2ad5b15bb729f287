import type { SubmitTaskRequest } from '../api/types';

export type Field = Exclude<keyof SubmitTaskRequest, 'limits'> | 'limits.turns' | 'limits.tokens' | 'limits.cost';
export type FieldErrors = Partial<Record<Field, string>>;

const fields: ReadonlySet<string> = new Set<Field>([
  'repository', 'prompt', 'test_command', 'base_ref', 'attempts', 'timeout_seconds', 'brain', 'template', 'model', 'models', 'approve_plan', 'kind', 'head_ref',
  'limits.turns', 'limits.tokens', 'limits.cost',
]);

/** What can be said before asking the service, which has the last word. */
export function validate(request: SubmitTaskRequest, maxPromptLength: number): FieldErrors {
  const errors: FieldErrors = {};
  if (request.repository === '') {
    errors.repository = 'Enter the absolute path of a git repository, or a clone URL.';
  }
  if (request.kind === 'review' && (request.head_ref ?? '') === '') {
    errors.head_ref = 'Say what to review: a branch, a commit, or a full ref.';
  }
  if (request.prompt.trim() === '' && request.kind !== 'review') {
    errors.prompt = 'Say what is to be done.';
  } else if (request.prompt.length > maxPromptLength) {
    errors.prompt = `The prompt has ${request.prompt.length.toLocaleString('en')} characters; at most ${maxPromptLength.toLocaleString('en')} are allowed.`;
  }
  return errors;
}

/** Sorts the service's messages to the fields of the form; what belongs to no field is shown above it. */
export function mapProblemFields(problem: Readonly<Record<string, string[]>>): { fields: FieldErrors; other: string[] } {
  const mapped: FieldErrors = {};
  const other: string[] = [];
  for (const [name, messages] of Object.entries(problem)) {
    if (fields.has(name)) {
      mapped[name as Field] = messages.join(' ');
    } else {
      other.push(...messages);
    }
  }
  return { fields: mapped, other };
}
