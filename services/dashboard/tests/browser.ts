/** What tests of components need besides a DOM; import it first. */
import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

afterEach(cleanup);
configure({ asyncUtilTimeout: 60_000 }); // Waits end at once when fulfilled; a busy machine needs the time.

// The test DOM has no font loading, which growing text areas wait for.
Object.defineProperty(document, 'fonts', { value: new EventTarget() });
