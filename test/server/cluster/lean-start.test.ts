import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');
const IMPORT = /^(?:import|export)(?! type)\s(?:[^'";]*?from\s)?\s*'([^']+)'/gm;

/** Everything that is read with a file, before anything is done: what it imports, and so on. Packages by their name. */
function readWith(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, specifier = ''] of readFileSync(resolve(ROOT, file), 'utf8').matchAll(IMPORT)) {
    if (!specifier.startsWith('.')) found.add(specifier);
    else if (specifier.endsWith('.ts'))
      readWith(relative(ROOT, resolve(ROOT, dirname(file), specifier)), found);
  }
  return found;
}

/** A start of a cluster is to take no longer than half a second, and to need no more than 120 MB. */
describe.each([
  [
    'sallyport cluster',
    ['src/main.ts', 'src/cli/cluster/cluster-command.ts', 'src/server/cluster/start-cluster.ts'],
  ],
  ['sallyport/testing', ['src/testing/start-test-cluster.ts']],
])('%s', (_name, entries) => {
  const read = [...entries.reduce((found, entry) => readWith(entry, found), new Set<string>())];

  it('reads what a cluster is made of', () => {
    expect(read).toEqual(
      expect.arrayContaining(['src/cluster/open-cluster.ts', 'src/rbac/policy.ts', 'yaml']),
    );
  });

  it('waits for nothing else', () => {
    const others =
      /^(?:undici|zod|jose|express|oidc-provider|prom-client|@peculiar\/x509)$|^src\/(?:config|identity|jwt|audit-log|rbac\/questions|store\/etcd\/etcd)/;
    expect(read.filter((name) => others.test(name))).toEqual([]);
  });
});
