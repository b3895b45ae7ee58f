import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error.ts';

/**
 * Reads a file that a configuration key names.
 * @throws ConfigError that names the key and the file
 */
export function readNamedFile(configFile: string, path: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === 'ENOENT' ? 'no such file' : code === 'EACCES' ? 'no permission to read it' : String(code);
    throw new ConfigError([{ file: configFile, path, message: `${file}: ${reason}` }]);
  }
}
