import { accessSync, constants, mkdirSync } from 'node:fs';
import { StartError } from '../start-error.ts';

/**
 * Makes the data directory, readable by its owner only.
 * @throws StartError when it can't be made or written to
 */
export function openDataDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
        ? 'no permission to write there'
        : code === 'ENOTDIR' || code === 'EEXIST'
          ? 'a file is in the way'
          : (error as Error).message;
    throw new StartError(
      `data directory ${directory}: ${reason}; give another one with --data, or make it writable`,
    );
  }
}
