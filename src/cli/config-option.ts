import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../package-root.ts';
import type { CommandOption, CommandValues } from './command.ts';
import { textValue } from './command-values.ts';

const DEMO = 'config/demo.yaml';

export const configOption: CommandOption = {
  type: 'string',
  short: 'c',
  value: 'FILE',
  description: `Configuration file (default ${DEMO}, here, else the one that came with this program)`,
};

export const dataOption: CommandOption = {
  type: 'string',
  value: 'DIR',
  default: './data',
  description: 'Data directory: storage, certificates',
};

/** The path of the configuration file: the one that was given, else the demo's. */
export function configFile(values: CommandValues): string {
  return textValue(values, 'config') ?? defaultConfigFile();
}

/** The demo's, which is safe to start anywhere: its accounts are refused on an address that others can reach. */
export function defaultConfigFile(): string {
  return existsSync(DEMO) ? DEMO : fileURLToPath(new URL(DEMO, packageRoot));
}
