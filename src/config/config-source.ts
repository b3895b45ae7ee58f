import type { Config } from './config.ts';
import { type LoadConfigDeps, parseConfig, readConfigText } from './load-config.ts';
import { type NamedFile, readNamed } from './named-file.ts';

/** A configuration file that is looked at again and again. */
export interface ConfigSource {
  /**
   * What the file says now. While neither it nor a file that it names for a secret has changed, the same object.
   * @throws ConfigError with file, line and column of every fault
   */
  read(): Promise<Config>;
}

interface Reading {
  readonly text: string;
  /** The files that it names for secrets, as they were. */
  readonly named: ReadonlyMap<string, NamedFile>;
  outcome(): Config;
}

/** A look costs the reading of some files: what they mean is worked out when they have changed, since that takes its time. */
export function createConfigSource(file: string, deps: Omit<LoadConfigDeps, 'readNamed'>): ConfigSource {
  let last: Reading | undefined;

  function parse(text: string): Reading {
    const named = new Map<string, NamedFile>();
    const remember = (name: string): NamedFile => {
      const found = readNamed(name);
      named.set(name, found);
      return found;
    };
    try {
      const config = parseConfig(text, file, { ...deps, readNamed: remember });
      return { text, named, outcome: () => config };
    } catch (error) {
      return {
        text,
        named,
        outcome() {
          throw error;
        },
      };
    }
  }

  return {
    async read() {
      const text = await readConfigText(file);
      if (last?.text !== text || !isAsBefore(last.named)) last = parse(text);
      return last.outcome();
    },
  };
}

function isAsBefore(named: Reading['named']): boolean {
  for (const [name, before] of named) {
    const { text, problem } = readNamed(name);
    if (text !== before.text || problem !== before.problem) return false;
  }
  return true;
}
