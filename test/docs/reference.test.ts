import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandsReference } from './commands-reference.ts';
import { configurationReference, undescribedKeys } from './configuration-reference.ts';
import { identityAuditReference } from './identity-audit-reference.ts';
import { metricsReference } from './metrics-reference.ts';

const REFERENCE = resolve(import.meta.dirname, '../../docs/reference');

/** `UPDATE_DOCS=1 npx vitest run --project unit test/docs` writes the files anew. */
function pinned(name: string, made: string): string {
  const file = resolve(REFERENCE, name);
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, made);
  return readFileSync(file, 'utf8');
}

describe('the reference', () => {
  it('of the configuration is what the schema says', () => {
    const made = configurationReference();
    expect(pinned('configuration.md', made)).toBe(made);
  });

  it('describes every key that is served', () => {
    expect(undescribedKeys()).toEqual([]);
  });

  it('gives a remedy for every key that is refused', () => {
    const [, refused = ''] = configurationReference().split('## Refused keys');
    const rows = refused.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter((line) => /\| +\|$/.test(line))).toEqual([]);
  });

  it('of the metrics is what the registry has', () => {
    const made = metricsReference();
    expect(pinned('metrics.md', made)).toBe(made);
  });

  it('of the identity provider’s events is what they are made from', () => {
    const made = identityAuditReference();
    expect(pinned('identity-audit.md', made)).toBe(made);
  });

  it('of the commands is what their help says', async () => {
    const made = await commandsReference();
    expect(pinned('commands.md', made)).toBe(made);
  });
});
