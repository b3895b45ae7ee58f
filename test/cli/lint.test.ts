import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder } from './support/folder.ts';
import { COMPANY } from './support/manifests.ts';
import { type } from './support/run.ts';

const HARMLESS = COMPANY.split('---').slice(1, 3).join('---');

describe('lint', () => {
  it('fails for what is risky, names the place, and says what to do', async () => {
    const path = folder({ 'rbac.yaml': COMPANY });
    const { stdout, code } = await type(`lint -f ${path} --no-defaults -o wide`);
    expect(stdout).toMatch(/^SEVERITY +RULE +OBJECT +FIELD +PLACE +MESSAGE +REMEDY\n(?:critical|high) /);
    expect(stdout).toMatch(new RegExp(`ClusterRole anything .*${path}/rbac\\.yaml:20`));
    expect(code).toBe(1);
  });

  it.each([
    ['low', HARMLESS.replace('resources: [pods]', 'resources: [pods, pods]'), 0],
    ['critical', COMPANY, 1],
    ['never', COMPANY, 0],
  ])('with --fail-on %s', async (severity, text, code) => {
    const path = folder({ 'rbac.yaml': text });
    expect((await type(`lint -f ${path} --no-defaults --fail-on ${severity}`)).code).toBe(code);
  });

  it('refuses a severity that there is not', async () => {
    expect(await type('lint --fail-on severe')).toEqual({
      stdout: '',
      stderr: 'error: --fail-on takes critical, high, medium, low, info or never, not "severe"\n',
      code: 2,
    });
  });

  it('is SARIF with files and lines for code scanning', async () => {
    const path = folder({ 'rbac.yaml': COMPANY });
    const { stdout, code } = await type(`lint -f ${path} --no-defaults -o sarif`);
    const log = JSON.parse(stdout);
    expect(log.version).toBe('2.1.0');
    const places = log.runs[0].results.map(
      (result: { locations: { physicalLocation?: object }[] }) => result.locations[0]?.physicalLocation,
    );
    expect(places).toContainEqual({
      artifactLocation: { uri: `file://${path}/rbac.yaml` },
      region: { startLine: 20, startColumn: 1 },
    });
    expect(code).toBe(1);
  });

  it('counts by severity in JSON', async () => {
    const path = folder({ 'rbac.yaml': COMPANY });
    const { kind, summary, findings } = JSON.parse(
      (await type(`lint -f ${path} --no-defaults -o json`)).stdout,
    );
    expect(kind).toBe('LintResult');
    const total = Object.values(summary as Record<string, number>).reduce((sum, count) => sum + count, 0);
    expect(total).toBe(findings.length);
    expect(findings[0].place).toEqual({ file: `${path}/rbac.yaml`, line: 20, column: 1 });
  });

  it("leaves Kubernetes' own roles alone", async () => {
    const path = folder({ 'rbac.yaml': HARMLESS });
    const { stdout } = await type(`lint -f ${path} -o json`);
    const objects = JSON.parse(stdout).findings.map(
      ({ object }: { object: { name: string } }) => object.name,
    );
    expect(objects.filter((name: string) => !['pod-reader', 'read-pods'].includes(name))).toEqual([]);
  });

  it('knows the groups that the configuration can produce', async () => {
    const path = folder({
      'rbac.yaml': COMPANY.replaceAll('name: developers, apiGroup', 'name: develpers, apiGroup'),
    });
    const { stdout } = await type(`lint -f ${path} --no-defaults --config config/demo.yaml`);
    const without = await type(`lint -f ${path} --no-defaults`);
    expect(stdout).toMatch(/develpers/);
    expect(without.stdout).not.toMatch(/develpers/);
  });

  it('knows from an audit log which roles nobody needed', async () => {
    const reason = 'RBAC: allowed by RoleBinding "read-pods/default" of Role "pod-reader" to User "jane"';
    const event = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': reason },
    };
    const path = folder({ 'rbac.yaml': COMPANY, 'audit.log': JSON.stringify(event) });
    const { stdout } = await type(
      `lint -f ${path}/rbac.yaml --no-defaults --audit-log ${path}/audit.log --no-headers`,
    );
    const reported = stdout.split('\n').filter((row) => row.includes('role-not-in-log'));
    expect(reported.join('\n')).toMatch(/ClusterRole anything/);
    expect(reported.join('\n')).not.toMatch(/pod-reader/);
  });

  it.each([
    ['a file that is missing', '-f /nonexistent.yaml', /cannot read \/nonexistent\.yaml: ENOENT/],
    ['a server and --no-defaults', '--no-defaults', /--no-defaults goes with -f alone/],
    [
      'a log that is none',
      `-f ${join(import.meta.dirname, '../../config/demo/rbac')} --audit-log package.json`,
      /package\.json: line 1/,
    ],
  ])('with %s is a usage error', async (_, flags, message) => {
    const { stderr, code } = await type(`lint ${flags}`);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
