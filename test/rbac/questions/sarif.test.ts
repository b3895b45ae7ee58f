import { describe, expect, it } from 'vitest';
import { lint } from '../../../src/rbac/questions/lint.ts';
import { toSarif } from '../../../src/rbac/questions/sarif.ts';
import { clusterRole, clusterRoleBinding, role } from '../objects.ts';
import { lintPolicy } from './lint-policy.ts';

const findings = lint(
  lintPolicy([
    clusterRole('reader', ['get secrets', 'create pods']),
    role('dev', 'all', ['* *']),
    clusterRoleBinding('b', 'ghost'),
  ]),
);

type Json = Record<string, unknown>;

/** What the schema of SARIF 2.1.0 requires of the parts in use; the paths of what is missing or of a wrong kind. */
function schemaErrors(log: Json): string[] {
  const errors: string[] = [];
  const need = (ok: boolean, path: string) => ok || errors.push(path);
  const isText = (value: unknown) => typeof value === 'object' && typeof (value as Json)['text'] === 'string';
  need(log['version'] === '2.1.0', 'version');
  need(Array.isArray(log['runs']), 'runs');
  for (const [at, run] of (log['runs'] as Json[]).entries()) {
    const driver = (run['tool'] as Json | undefined)?.['driver'] as Json | undefined;
    need(typeof driver?.['name'] === 'string', `runs[${at}].tool.driver.name`);
    const rules = (driver?.['rules'] ?? []) as Json[];
    const ids = rules.map(({ id }) => id);
    need(new Set(ids).size === ids.length, 'rules: unique');
    for (const rule of rules) {
      need(typeof rule['id'] === 'string', 'rule.id');
      need(isText(rule['shortDescription']), 'rule.shortDescription.text');
      need(isText(rule['help']), 'rule.help.text');
    }
    for (const result of run['results'] as Json[]) {
      need(isText(result['message']), 'result.message.text');
      need(['none', 'note', 'warning', 'error'].includes(result['level'] as string), 'result.level');
      need(ids[result['ruleIndex'] as number] === result['ruleId'], 'result.ruleIndex');
      for (const location of result['locations'] as Json[]) {
        const physical = location['physicalLocation'] as Json | undefined;
        const region = physical?.['region'] as Json | undefined;
        need(region === undefined || (region['startLine'] as number) >= 1, 'region.startLine');
        const column = region?.['startColumn'] as number | undefined;
        need(column === undefined || column >= 1, 'region.startColumn');
        const uri = (physical?.['artifactLocation'] as Json | undefined)?.['uri'];
        need(uri === undefined || URL.canParse(uri as string, 'file:///'), 'artifactLocation.uri');
        need(Array.isArray(location['logicalLocations']), 'location.logicalLocations');
      }
    }
  }
  return errors;
}

function asJson(...parameters: Parameters<typeof toSarif>): Json {
  return JSON.parse(JSON.stringify(toSarif(...parameters))) as Json;
}

describe('SARIF', () => {
  it('has what its schema requires, with and without places', () => {
    expect(findings.length).toBeGreaterThan(5);
    expect(schemaErrors(asJson(findings, { version: '1.2.3' }))).toEqual([]);
    const locate = () => ({ file: 'roles/my role.yaml', line: 3, column: 1 });
    expect(schemaErrors(asJson(findings, { version: '1.2.3', locate }))).toEqual([]);
    expect(schemaErrors(asJson([], { version: '1.2.3' }))).toEqual([]);
  });

  it('reports every finding, in order, with its rule', () => {
    const [run] = toSarif(findings, { version: '1.2.3' }).runs;
    expect(run?.results.map(({ ruleId }) => ruleId)).toEqual(findings.map(({ rule }) => rule));
    expect(run?.tool.driver).toMatchObject({ name: 'Sallyport', version: '1.2.3' });
  });

  it.each([
    ['critical', 'error'],
    ['high', 'error'],
    ['medium', 'warning'],
    ['low', 'note'],
    ['info', 'note'],
  ] as const)('calls %s %s', (severity, level) => {
    const object = { kind: 'ClusterRole', namespace: '', name: 'x', source: 's' } as const;
    const finding = { rule: 'secrets-read', severity, object, message: 'm', remedy: 'r' };
    expect(toSarif([finding], { version: '1' }).runs[0]?.results[0]?.level).toBe(level);
  });

  it.each([
    ['rbac/dev roles.yaml', 'rbac/dev%20roles.yaml'],
    ['/srv/#1/a.yaml', 'file:///srv/%231/a.yaml'],
    ['-', '-'],
  ])('points at %s', (file, uri) => {
    const [run] = toSarif(findings, { version: '1', locate: () => ({ file, line: 7 }) }).runs;
    expect(run?.results[0]?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri },
      region: { startLine: 7 },
    });
  });

  it('names the object, and fingerprints a finding by object, place and rule', () => {
    const [run] = toSarif(findings, { version: '1' }).runs;
    const result = run?.results.find(({ ruleId }) => ruleId === 'wildcard-verbs');
    expect(result?.locations[0]?.logicalLocations[0]?.fullyQualifiedName).toBe('Role dev/all');
    const prints = (run?.results ?? []).map(
      ({ partialFingerprints }) => partialFingerprints['rbacObject/v1'],
    );
    expect(prints).toContain('Role dev/all#rules[0].verbs#wildcard-verbs');
    expect(new Set(prints).size).toBe(prints.length);
  });
});
