import { describe, expect, it } from 'vitest';
import { readManifests } from '../../../src/gateway/index.ts';
import { folder } from '../support/folder.ts';
import { COMPANY } from '../support/manifests.ts';
import { type } from '../support/run.ts';

const ROLE = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules: []\n';
const BAD = {
  'a.yaml': `${ROLE}---\n${ROLE.replace('rules: []', 'rules: 7')}---\n${ROLE.replace('ClusterRole', 'ClusterRoel')}`,
  'b.yaml': 'kind: [',
  'c.yaml': COMPANY,
};

describe('a directory with bad documents', () => {
  it('is refused as a whole, with every one of them', async () => {
    const path = folder(BAD);
    const { stderr, stdout, code } = await type(`who-can get pods -f ${path}`);
    expect(stderr.split('\n').map((line) => line.replace(`${path}/`, ''))).toEqual([
      'error: a.yaml:9:1: rules: expected a list, found a number',
      expect.stringMatching(/^a\.yaml:12:1: kind "ClusterRoel" is no policy: expected one of Role/),
      expect.stringMatching(/^b\.yaml:1:\d+: /),
      '',
    ]);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('keeps the gateway from starting with the rest', async () => {
    await expect(readManifests([folder(BAD)])).rejects.toThrow(
      /a\.yaml:9:1: .*\n.*a\.yaml:12:1: .*\n.*b\.yaml:1/,
    );
  });
});

describe('manifests', () => {
  it('of other kinds are passed over and counted; the gateway refuses them', async () => {
    const path = folder({
      'all.yaml': `kind: Pod\napiVersion: v1\n---\nkind: Deployment\napiVersion: apps/v1\n---\n${COMPANY}`,
    });
    const { stderr, stdout } = await type(`what-can jane -f ${path}`);
    expect(stderr).toBe('Warning: passed over 2 objects that are not RBAC (Deployment, Pod)\n');
    expect(stdout).toMatch(/^default +pods/m);
    await expect(readManifests([path])).rejects.toThrow(/all\.yaml:1:1: kind "Pod" is no policy/);
  });

  it('of a List are read and placed one by one', async () => {
    const items = [
      { kind: 'Pod', apiVersion: 'v1' },
      { kind: 'ClusterRole', apiVersion: 'rbac.authorization.k8s.io/v1', metadata: {}, rules: [] },
    ];
    const path = folder({ 'list.json': JSON.stringify({ kind: 'List', apiVersion: 'v1', items }, null, 1) });
    const { stderr, code } = await type(`what-can jane -f ${path}`);
    expect(stderr).toMatch(/list\.json:12:\d+: items\[1\]\.metadata\.name: expected a string, found nothing/);
    expect(code).toBe(2);
  });

  it('replace each other by name, with a warning', async () => {
    const path = folder({ 'a.yaml': ROLE, 'b.yaml': ROLE });
    const { stderr } = await type(`what-can jane -f ${path}`);
    expect(stderr).toBe(
      `Warning: ClusterRole "r" at ${path}/b.yaml:1 replaces the one at ${path}/a.yaml:1\n`,
    );
  });

  it('are read from sub-directories with -R only', async () => {
    const path = folder({ 'deep/er/rbac.yaml': COMPANY, 'deep/er/notes.txt': 'no manifest' });
    expect((await type(`what-can jane -f ${path}`)).stdout).toMatch(/^No binding allows/);
    expect((await type(`what-can jane -R -f ${path}`)).stdout).toMatch(/^default +pods/m);
  });
});
