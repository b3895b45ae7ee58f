import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/command.ts';
import { readSubject } from '../../src/cli/read-subject.ts';
import { folder } from './support/folder.ts';
import { COMPANY } from './support/manifests.ts';
import { type } from './support/run.ts';

function ask(line: string) {
  return type(`what-can ${line} -f ${folder({ 'rbac.yaml': COMPANY })}`);
}

describe('a subject on the command line', () => {
  it.each([
    ['jane', { kind: 'User', name: 'jane' }],
    ['user:jane', { kind: 'User', name: 'jane' }],
    ['user:oidc:jane', { kind: 'User', name: 'oidc:jane' }],
    ['https://issuer#jane', { kind: 'User', name: 'https://issuer#jane' }],
    ['system:serviceaccount:ns:x', { kind: 'User', name: 'system:serviceaccount:ns:x' }],
    ['group:dev', { kind: 'Group', name: 'dev' }],
    ['sa:ns/name', { kind: 'ServiceAccount', namespace: 'ns', name: 'name' }],
  ])('%s', (text, subject) => {
    expect(readSubject(text)).toEqual(subject);
  });

  it.each(['sa:name', 'sa:/x', 'sa:a/b/c'])('%s is no service account', (text) => {
    expect(() => readSubject(text)).toThrow(UsageError);
  });
});

describe('what-can', () => {
  it('is a matrix of namespaces and resources', async () => {
    expect(await ask('jane')).toEqual({
      stdout: `\
NAMESPACE   RESOURCE     NAMES     VERBS
default     configmaps   colours   get
default     pods         *         get,list,watch
`,
      stderr: '',
      code: 0,
    });
  });

  it('shows paths and where it comes from', async () => {
    const { stdout } = await ask('sa:ops/job -o wide');
    expect(stdout.split('\n').map((row) => row.split(/ {3,}/))).toEqual([
      ['NAMESPACE', 'RESOURCE', 'NAMES', 'VERBS', 'THROUGH'],
      ['*', '*.*', '*', '*', 'ClusterRoleBinding job (ClusterRole anything)'],
      ['*', '/metrics', '<none>', 'get', 'ClusterRoleBinding job (ClusterRole anything)'],
      [''],
    ]);
  });

  it('counts groups that are named, and one namespace if asked', async () => {
    const all = (await ask('jane --group developers --no-headers')).stdout;
    expect(all).toMatch(/^dev +deployments\.apps +\* +/m);
    expect(all).toMatch(/^default +pods +/m);
    const one = (await ask('jane --group developers -n dev --no-headers')).stdout;
    expect(one).toMatch(/^dev +deployments\.apps /m);
    expect(one).not.toContain('default');
  });

  it('counts the groups that everybody is in when asked to', async () => {
    expect((await ask('bob')).stdout).toBe('No binding allows User "bob" anything.\n');
    expect((await ask('bob --authenticated')).stdout).toMatch(/^\* +\/version +<none> +get$/m);
  });

  it('warns of bindings that lead nowhere, and of superusers', async () => {
    const dangling = COMPANY.replace('kind: Role, name: pod-reader', 'kind: Role, name: pod-raeder');
    const path = folder({ 'rbac.yaml': dangling });
    expect((await type(`what-can jane -f ${path}`)).stderr).toBe(
      'Warning: RoleBinding default/read-pods refers to a role that does not exist\n',
    );
    expect((await ask('root --group system:masters')).stderr).toMatch(/^Warning: members of system:masters/);
  });

  it('has a stable shape in JSON', async () => {
    const { apiVersion, kind, subject, superuser, resources, paths, danglingBindings } = JSON.parse(
      (await ask('jane -o json')).stdout,
    );
    expect({ apiVersion, kind, subject, superuser, paths, danglingBindings }).toEqual({
      apiVersion: 'sallyport.dev/v1alpha1',
      kind: 'WhatCanResult',
      subject: { kind: 'User', name: 'jane', groups: [] },
      superuser: false,
      paths: [],
      danglingBindings: [],
    });
    expect(resources[1]).toMatchObject({
      namespace: 'default',
      apiGroup: '',
      resource: 'pods',
      resourceNames: [],
    });
  });
});
