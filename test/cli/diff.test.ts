import { describe, expect, it } from 'vitest';
import { folder } from './support/folder.ts';
import { CHANGE, COMPANY } from './support/manifests.ts';
import { type } from './support/run.ts';

function diff(flags = '', change = CHANGE) {
  const path = folder({ 'old/rbac.yaml': COMPANY, 'new/rbac.yaml': change });
  return type(`diff --against ${path}/old -f ${path}/new ${flags}`.trimEnd());
}

/** Change, subject, place, resource and names, verbs. */
function rowsOf(stdout: string): string[] {
  const [, ...rows] = stdout.trimEnd().split('\n');
  return rows.map((row) => row.split(/ {3,}/).join(' | '));
}

describe('diff', () => {
  it('says who gains and who loses what, as applying would have it', async () => {
    const { stdout, code } = await diff();
    expect(rowsOf(stdout)).toEqual([
      'gains | User | jane | default | pods | * | delete',
      'loses | User | jane | default | configmaps | colours | get',
      'loses | ServiceAccount | ops/job | * | *.* | * | *',
      'loses | ServiceAccount | ops/job | * | /metrics | <none> | get',
    ]);
    expect(code).toBe(0);
  });

  it('takes away what is not there any more only when told to prune', async () => {
    expect((await diff()).stdout).not.toContain('developers');
    expect(rowsOf((await diff('--prune')).stdout)).toContainEqual(
      expect.stringMatching(/^loses \| Group \| developers \| dev \| deployments\.apps \| /),
    );
  });

  it('sees a change of a default role where it counts', async () => {
    const edit = `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: edit}\nrules: [{apiGroups: [""], resources: [pods], verbs: [get]}]\n`;
    const { stdout } = await diff('', edit);
    expect(rowsOf(stdout)).toContainEqual(
      expect.stringMatching(/^loses \| Group \| developers \| dev \| secrets /),
    );
    expect(stdout).not.toContain('jane');
  });

  it('says so when nothing changes, however it is written', async () => {
    const [, role = ''] = COMPANY.split('---');
    const reordered = role.replace('[get, list, watch]', '[watch, list, get, get]');
    expect(await diff('', reordered)).toEqual({
      stdout: 'Nobody gains or loses anything.\n',
      stderr: '',
      code: 0,
    });
  });

  it('has a stable shape in JSON', async () => {
    expect(JSON.parse((await diff('-o json')).stdout)).toMatchObject({
      apiVersion: 'sallyport.dev/v1alpha1',
      kind: 'DiffResult',
      changes: [
        {
          subject: { kind: 'User', name: 'jane' },
          gains: [{ namespaces: ['default'], apiGroup: '', resource: 'pods', verbs: ['delete'] }],
          losses: [{ resource: 'configmaps', resourceName: 'colours' }],
        },
        { subject: { kind: 'ServiceAccount', namespace: 'ops', name: 'job' } },
      ],
    });
  });

  it('needs something new', async () => {
    expect(await type('diff --against /tmp')).toMatchObject({
      stderr: 'error: say what is new, with -f FILE\n',
      code: 2,
    });
  });
});
