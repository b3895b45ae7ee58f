import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint, followManifests, type ManifestFollower } from '../../src/gateway/follow-manifests.ts';
import { createPolicy, type Policy } from '../../src/rbac/index.ts';

const binding = (name: string, user: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: ${name} }
subjects: [{ kind: User, name: ${user}, apiGroup: rbac.authorization.k8s.io }]
roleRef: { kind: ClusterRole, name: all, apiGroup: rbac.authorization.k8s.io }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: all }
rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]
`;

let directory: string;
let policy: Policy;
let follower: ManifestFollower;
let complaints: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sallyport-manifests-'));
  policy = createPolicy();
  complaints = [];
  await writeFile(join(directory, 'a.yaml'), binding('a', 'jane'));
  follower = followManifests('', {
    paths: [directory],
    apply: (objects) => policy.replaceSource('manifests', objects),
    log: { info() {}, error: (fields) => complaints.push(String((fields as { err: Error }).err.message)) },
    everyMs: 3_600_000,
  });
  await follower.look();
});

afterEach(async () => {
  follower.close();
  await rm(directory, { recursive: true });
});

function may(username: string): boolean {
  const attributes = {
    verb: 'get',
    isResourceRequest: true,
    path: '',
    apiGroup: '',
    apiVersion: 'v1',
    resource: 'pods',
  };
  const where = { subresource: '', namespace: 'default', name: 'web' };
  return policy.authorize({ user: { username, groups: [] }, ...attributes, ...where }).decision === 'allow';
}

describe('changed manifests', () => {
  it('count without a restart: new files, changed ones, removed ones', async () => {
    expect([may('jane'), may('bob')]).toEqual([true, false]);
    await writeFile(join(directory, 'b.yaml'), binding('b', 'bob'));
    expect(await follower.look()).toBe('applied');
    expect([may('jane'), may('bob')]).toEqual([true, true]);
    await rm(join(directory, 'a.yaml'));
    expect(await follower.look()).toBe('applied');
    expect([may('jane'), may('bob')]).toEqual([false, true]);
    expect(await follower.look()).toBe('unchanged');
  });

  it.each([
    ['broken YAML', 'kind: [\n'],
    ['an object that is no policy', binding('b', 'bob').replace('kind: ClusterRole,', 'kind: Pod,')],
    ['a kind that does not belong', 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n'],
  ])('with %s are refused as a whole, said once, and the last good policy stays', async (_what, text) => {
    await writeFile(join(directory, 'b.yaml'), text);
    await writeFile(join(directory, 'c.yaml'), binding('c', 'carol'));
    expect(await follower.look()).toBe('refused');
    expect([may('jane'), may('carol')]).toEqual([true, false]);
    expect(await follower.look()).toBe('unchanged');
    expect(follower.upToDate()).toBe(false);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toMatch(/b\.yaml|ClusterRoleBinding/);
    await rm(join(directory, 'b.yaml'));
    expect(await follower.look()).toBe('applied');
    expect(may('carol')).toBe(true);
    expect(follower.upToDate()).toBe(true);
  });

  it('that vanish with their directory leave the last good policy in force', async () => {
    await rm(directory, { recursive: true });
    expect(await follower.look()).toBe('refused');
    expect(may('jane')).toBe(true);
    const { mkdir } = await import('node:fs/promises');
    await mkdir(directory);
  });

  it('are up to date again when a bad change is taken back', async () => {
    const file = join(directory, 'a.yaml');
    const { ino } = await stat(file);
    await rename(file, join(directory, 'a.txt'));
    await writeFile(file, 'kind: [');
    expect([await follower.look(), follower.upToDate()]).toEqual(['refused', false]);
    await rename(join(directory, 'a.txt'), file);
    expect((await stat(file)).ino).toBe(ino);
    await follower.look();
    expect(follower.upToDate()).toBe(true);
  });

  it('are told from unchanged ones without being read', async () => {
    expect(await fingerprint([directory])).toBe(await fingerprint([directory]));
  });
});
