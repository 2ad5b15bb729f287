import { notifications } from '@mantine/notifications';
import { describeError } from '../api/problem';

/** Says in the corner why an action did not work. */
export function notifyFailure(title: string, error: unknown): void {
  notifications.show({ color: 'red', title, message: describeError(error), autoClose: 12_000, withBorder: true });
}
