import { BCRYPT_EXPECTED, readHash } from './bcrypt-hash.ts';
import type { ConfigFault } from './config-error.ts';
import { type NamedFile, readNamed } from './named-file.ts';
import type { LocatedYaml } from './parse-yaml.ts';

type Path = readonly PropertyKey[];

/** Reads what the file only names: by environment variable or by file. Collects what is missing. */
export interface SecretResolver {
  readonly faults: readonly ConfigFault[];
  /** @returns the variable's value; an empty text, and a fault, when it is not set */
  fromEnv(variable: string, path: Path): string;
  /** @returns the file's text without the line feed at its end; an empty text, and a fault, when there is none */
  fromFile(file: string, path: Path): string;
  /** The same for a text that must be a password's hash. @param what names it in a fault */
  asHash(text: string, what: string, path: Path): string;
  /** Collects a fault. */
  refuse(path: Path, message: string): void;
}

export function createSecretResolver(
  yaml: LocatedYaml,
  env: Readonly<Record<string, string | undefined>>,
  read: (file: string) => NamedFile = readNamed,
): SecretResolver {
  const faults: ConfigFault[] = [];
  const fault = (path: Path, message: string): string => {
    faults.push(yaml.faultAt(path, message));
    return '';
  };
  return {
    faults,
    refuse: fault,
    fromEnv: (variable, path) => env[variable] || fault(path, `environment variable ${variable} is not set`),
    fromFile(file, path) {
      const { text, problem } = read(file);
      if (problem !== undefined) return fault(path, `${file}: ${problem}`);
      return text.replace(/\r?\n$/, '') || fault(path, `${file}: the file is empty`);
    },
    asHash(text, what, path) {
      // What is missing was said before.
      return text === '' ? '' : (readHash(text) ?? fault(path, `${what}: ${BCRYPT_EXPECTED}`));
    },
  };
}
