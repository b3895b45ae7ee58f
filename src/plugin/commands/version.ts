import { readFileSync } from 'node:fs';
import { exitCode } from '../exit.ts';
import { outputFlag } from '../flags.ts';
import type { Invocation } from '../invocation.ts';
import { plainJson } from '../terminal-text.ts';

export async function runVersion({ flags, deps }: Invocation): Promise<number> {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  );
  const version = String((manifest as { version?: unknown }).version);
  deps.stdout(outputFlag(flags) === 'json' ? `${plainJson({ version })}\n` : `sallyport ${version}\n`);
  return exitCode.ok;
}
