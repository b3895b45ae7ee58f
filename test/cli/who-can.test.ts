import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { folder } from './support/folder.ts';
import { COMPANY } from './support/manifests.ts';
import { type } from './support/run.ts';

function ask(line: string) {
  return type(`who-can ${line} --no-defaults -f ${folder({ 'rbac.yaml': COMPANY })}`);
}

/** The rows without their padding. */
function rowsOf(stdout: string): string[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((row) => row.split(/ {3,}/).join(' | '));
}

const HEAD = 'KIND | NAME | WHERE | ROLE | BINDING';
const JOB = 'ServiceAccount | ops/job | * | ClusterRole anything | ClusterRoleBinding job';

describe('who-can', () => {
  it.each([
    ['get pods', [HEAD, 'User | jane | default | Role pod-reader | RoleBinding read-pods', JOB]],
    ['get pods -n dev', [HEAD, JOB]],
    ['get configmaps', [HEAD, JOB]],
    ['get cm/colours', [HEAD, 'User | jane | default | Role pod-reader | RoleBinding read-pods', JOB]],
    ['get pods -A', [HEAD, 'User | jane | default | Role pod-reader | RoleBinding read-pods', JOB]],
    ['get /metrics', [HEAD, JOB]],
    ['get /healthz', ['Nobody can get /healthz, but for members of system:masters.']],
  ])('%s', async (line, rows) => {
    const { stdout, stderr, code } = await ask(line);
    expect(rowsOf(stdout)).toEqual(rows);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('asks about a Namespace where a request for it is decided, in that namespace', async () => {
    const inDev = `${COMPANY}---\n${COMPANY.split('---')[1]?.replaceAll('default', 'dev').replaceAll('pods', 'namespaces')}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: lookers, namespace: dev}
subjects: [{kind: User, name: omar, apiGroup: rbac.authorization.k8s.io}]
roleRef: {kind: Role, name: pod-reader, apiGroup: rbac.authorization.k8s.io}
`;
    const path = folder({ 'rbac.yaml': inDev });
    const one = await type(`who-can get ns/dev --no-defaults -f ${path}`);
    expect(rowsOf(one.stdout)).toContain('User | omar | dev | Role pod-reader | RoleBinding lookers');
    expect((await type(`who-can list ns --no-defaults -f ${path}`)).stdout).not.toContain('omar');
    const asked = await type(`who-can list ns -n dev --no-defaults -f ${path}`);
    expect(asked.stderr).toBe("Warning: resource 'namespaces' is not namespace scoped\n");
  });

  it("counts Kubernetes' default roles", async () => {
    const path = folder({ 'rbac.yaml': COMPANY });
    const { stdout } = await type(`who-can create pods --subresource exec -n dev -f ${path} -o wide`);
    expect(rowsOf(stdout)).toContainEqual(
      expect.stringMatching(
        /^Group \| developers \| dev \| ClusterRole edit \| RoleBinding developers \| \d+: .*pods\/exec.* \| manifests$/,
      ),
    );
  });

  it('says the same in JSON and in YAML', async () => {
    const json = JSON.parse((await ask('get cm/colours -o json')).stdout);
    expect(parse((await ask('get cm/colours -o yaml')).stdout)).toEqual(json);
    expect(json).toMatchObject({
      apiVersion: 'sallyport.dev/v1alpha1',
      kind: 'WhoCanResult',
      request: {
        verb: 'get',
        apiGroup: '',
        resource: 'configmaps',
        subresource: '',
        namespace: 'default',
        name: 'colours',
      },
      superusers: true,
    });
    expect(json.subjects[0]).toMatchObject({
      subject: { kind: 'User', name: 'jane' },
      namespaces: ['default'],
      grants: [{ binding: { kind: 'RoleBinding', name: 'read-pods', source: 'manifests' }, ruleIndex: 1 }],
    });
  });
});
