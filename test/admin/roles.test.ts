import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ClusterRole, PolicyRule } from '../../src/rbac/index.ts';
import { parseManifests } from '../rbac/parse-manifests.ts';
import { serveAdmin } from './support/served-admin.ts';

const FILE = join(resolve(import.meta.dirname, '../..'), 'config/rbac/sallyport.yaml');

interface Served {
  readonly name: string;
  readonly verbs: readonly string[];
}

const roles = parseManifests(readFileSync(FILE, 'utf8'), FILE).map(
  (found) => found as unknown as ClusterRole,
);

function rulesOf(name: string): readonly PolicyRule[] {
  return roles.find(({ metadata }) => metadata.name === name)?.rules ?? [];
}

function allows(rules: readonly PolicyRule[], verb: string, resource: string): boolean {
  return rules.some(({ verbs, resources }) => verbs?.includes(verb) && resources?.includes(resource));
}

describe('the roles that come with the product', () => {
  it('give everything that is served, or the reading of it', async () => {
    const admin = await serveAdmin();
    const { json } = await admin.ask('GET', '/apis/sallyport.dev/v1');
    await admin.close();
    for (const { name, verbs } of json.resources as readonly Served[]) {
      for (const verb of verbs) {
        expect(allows(rulesOf('sallyport:admin'), verb, name), `${verb} ${name}`).toBe(true);
        const reads = ['get', 'list', 'watch'].includes(verb);
        expect(allows(rulesOf('sallyport:view'), verb, name), `${verb} ${name}`).toBe(reads);
      }
    }
    expect(allows(rulesOf('sallyport:admin'), 'bind', 'groups')).toBe(true);
    expect(allows(rulesOf('sallyport:view'), 'bind', 'groups')).toBe(false);
  });
});
