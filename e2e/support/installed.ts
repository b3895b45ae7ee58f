import { join } from 'node:path';
import { inject } from 'vitest';

/** The programs of the package as people have it: packed and installed, once for all tests. */
export const bin: string = join(inject('installed'), 'bin');
