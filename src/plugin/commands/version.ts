import { readFileSync } from 'node:fs';
import { packageRoot } from '../../package-root.ts';
import type { CommandSpec } from '../command-spec.ts';
import { exitCode } from '../exit.ts';
import { outputFlagSpec } from '../flag-specs.ts';
import type { Invocation } from '../invocation.ts';
import { outputFormat, printResult } from '../print-result.ts';

export const versionCommand: CommandSpec = {
  group: 'diagnose',
  summary: 'Print the version',
  description: 'Print the version of the plugin.',
  examples: [
    ['Print the version', 'version'],
    ['The same for a script', 'version -o json'],
  ],
  flags: { output: outputFlagSpec },
  run: runVersion,
};

async function runVersion({ flags, deps }: Invocation): Promise<number> {
  const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8'));
  const version = String((manifest as { version?: unknown }).version);
  const format = outputFormat(flags, ['json', 'yaml']);
  if (format === 'table') deps.stdout(`sallyport ${version}\n`);
  else printResult({ kind: 'Version', body: { version }, columns: [], rows: [] }, format, deps);
  return exitCode.ok;
}
