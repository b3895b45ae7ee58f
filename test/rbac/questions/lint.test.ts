import { globSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PolicyObject } from '../../../src/rbac/index.ts';
import { RULE_DESCRIPTIONS } from '../../../src/rbac/questions/lint/all-rules.ts';
import type { LintOptions } from '../../../src/rbac/questions/lint/lint-options.ts';
import { aggregated, clusterRole, clusterRoleBinding, role, roleBinding } from '../objects.ts';
import { found } from './lint/support/found.ts';
import { annotated, bound, cluster } from './lint/support/policies.ts';

const SOURCES = resolve(import.meta.dirname, '../../../src/rbac/questions/lint');

describe('the rules of lint', () => {
  it('are in the order of their ids, each with a title', () => {
    const ids = RULE_DESCRIPTIONS.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    for (const { id, title } of RULE_DESCRIPTIONS) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(title.length).toBeGreaterThan(10);
    }
  });

  it('have cases each, family by family', () => {
    const families = globSync(join(SOURCES, '*-rules.ts')).map((file) => basename(file, '.ts'));
    const shown = globSync(join(import.meta.dirname, 'lint/*-rules.test.ts')).map((file) =>
      basename(file, '.test.ts'),
    );
    expect(shown.sort()).toEqual(families.filter((family) => family !== 'all-rules').sort());
  });
});

describe('messages', () => {
  const only = (objects: readonly PolicyObject[], rule: string, options?: LintOptions) =>
    found(objects, options).find((finding) => finding.rule === rule)?.message;

  it.each([
    ['dangling-role', [clusterRoleBinding('b', 'veiw', 'User a')], 'Did you mean "view"?'],
    [
      'dangling-role',
      [roleBinding('dev', 'b', 'Role edit', 'User a')],
      'There is a ClusterRole of this name.',
    ],
    ['nodes-proxy', cluster('get nodes/proxy'), 'looks read-only'],
    ['nodes-proxy', cluster('get,create nodes/proxy'), 'past admission and audit'],
    ['pods-exec', cluster('get pods/exec'), 'before Kubernetes 1.35'],
    ['secrets-read', cluster('get,list,create secrets,pods'), 'Allows get, list on secrets cluster-wide:'],
    ['never-matches', cluster('get pods,pods/*'), '"pods/*" (resources[1]) covers no subresource'],
    ['unknown-lint-rule', [annotated(clusterRole('r', []), 'secret-read')], 'Did you mean "secrets-read"?'],
  ])('of %s help on', (rule, objects, text) => {
    expect(only(objects, rule)).toContain(text);
  });

  it('of unknown groups name the one that was meant', () => {
    expect(only(bound('Group corp:develpers'), 'unknown-group', { knownGroups: ['corp:developers'] })).toBe(
      'No user can be in group "corp:develpers". Did you mean "corp:developers"?',
    );
  });
});

describe('aggregated roles', () => {
  it('are not blamed for what other roles say', () => {
    const objects = [
      aggregated('all', [{ gather: 'yes' }]),
      clusterRole('r', ['get secrets'], { gather: 'yes' }),
    ];
    expect(
      found([...objects, clusterRoleBinding('b', 'all', 'User a')]).map(({ object }) => object.name),
    ).toEqual(['r']);
  });
});

describe('the order of findings', () => {
  it('is by severity, object and place, whatever the order of the objects', () => {
    const rules = Array.from({ length: 11 }, () => 'get secrets');
    const objects = [
      role('dev', 'b', rules),
      role('dev', 'a', ['* *']),
      clusterRole('c', ['get nodes/proxy', 'create pods']),
      clusterRoleBinding('d', 'ghost'),
    ];
    const forth = found(objects);
    expect(found([...objects].reverse())).toEqual(forth);
    const severities = forth.map(({ severity }) => severity);
    const order = ['critical', 'high', 'medium', 'low', 'info'];
    expect(severities).toEqual([...severities].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    const ofB = forth.filter(({ object, rule }) => object.name === 'b' && rule === 'secrets-read');
    expect(ofB.map(({ field }) => field)).toEqual(rules.map((_, index) => `rules[${index}].resources`));
  });
});
