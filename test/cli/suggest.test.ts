import { describe, expect, it } from 'vitest';
import { folder } from './support/folder.ts';
import { type } from './support/run.ts';

interface Asked {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly verb: string;
  readonly resource: string;
  readonly name?: string;
  readonly denied?: true;
}

function event({ user, groups = ['system:authenticated'], verb, resource, name, denied }: Asked): string {
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    stage: 'ResponseComplete',
    requestURI: `/api/v1/namespaces/dev/${resource}${name === undefined ? '' : `/${name}`}`,
    verb,
    user: { username: user, groups },
    objectRef: { apiVersion: 'v1', resource, namespace: 'dev', ...(name === undefined ? {} : { name }) },
    responseStatus: { code: denied ? 403 : 200 },
    annotations: { 'authorization.k8s.io/decision': denied ? 'forbid' : 'allow' },
  });
}

const LOG = [
  event({ user: 'jane', verb: 'list', resource: 'pods' }),
  event({ user: 'jane', verb: 'get', resource: 'pods', name: 'web' }),
  event({ user: 'jane', verb: 'delete', resource: 'pods', name: 'web', denied: true }),
  event({ user: 'system:serviceaccount:dev:builder', verb: 'create', resource: 'configmaps' }),
  event({ user: 'root', groups: ['system:masters'], verb: 'delete', resource: 'secrets', name: 'x' }),
].join('\n');

function suggest(flags = '') {
  return type(`suggest --audit-log ${folder({ 'audit.log': LOG })}/audit.log ${flags}`.trimEnd());
}

describe('suggest', () => {
  it('prints manifests under which all of the log is allowed, and no more', async () => {
    const { stdout, code } = await suggest();
    const path = folder({ 'suggested.yaml': stdout });
    const canI = async (line: string) => (await type(`can-i ${line} -n dev --no-defaults -f ${path}`)).stdout;
    expect(await canI('list pods --as jane')).toBe('yes\n');
    expect(await canI('get pods/web --as jane')).toBe('yes\n');
    expect(await canI('delete pods/web --as jane')).toBe('yes\n');
    expect(await canI('create cm --as system:serviceaccount:dev:builder')).toBe('yes\n');
    expect(await canI('delete pods/db --as jane')).toBe('no\n');
    expect(await canI('list pods --as system:serviceaccount:dev:builder')).toBe('no\n');
    expect(stdout).not.toContain('*');
    expect(stdout).not.toContain('root');
    expect(code).toBe(0);
  });

  it('for one service account only, in a table', async () => {
    const { stdout } = await suggest('--user sa:dev/builder -o table');
    expect(stdout).toMatch(/^OBJECT +CONTENT\n/);
    expect(stdout).toMatch(/^Role dev\/suggested\S* +create on configmaps in ""$/m);
    expect(stdout).toMatch(
      /^RoleBinding dev\/suggested\S* +ServiceAccount dev\/builder gets Role suggested\S*$/m,
    );
    expect(stdout).not.toContain('jane');
  });

  it('for what was denied', async () => {
    const { kind, items } = JSON.parse((await suggest('--decisions denied -o json')).stdout);
    expect(kind).toBe('List');
    expect(items.flatMap(({ rules = [] }: { rules?: object[] }) => rules)).toEqual([
      { apiGroups: [''], resources: ['pods'], resourceNames: ['web'], verbs: ['delete'] },
    ]);
  });

  it('says what it leaves out', async () => {
    const path = folder({ 'audit.log': event({ user: 'jane', verb: 'list', resource: '' }) });
    expect((await type(`suggest --audit-log ${path}/audit.log`)).stderr).toMatch(
      /^Warning: left out 1 event: /,
    );
    expect(await suggest('--user nobody')).toMatchObject({
      stderr: expect.stringContaining('no request'),
      code: 0,
    });
  });

  it.each([
    ['', /say what was asked, with --audit-log FILE/],
    ['--audit-log /nonexistent', /cannot read \/nonexistent: ENOENT/],
    ['--audit-log package.json', /package\.json: line 1/],
    ['--audit-log x --decisions some', /--decisions takes attempted, allowed, denied, not "some"/],
    ['--audit-log x --max-names many', /--max-names takes a number, not "many"/],
    ['--audit-log x --name-prefix A_', /--name-prefix must be what a name may begin with/],
    ['--audit-log x --user group:g', /--user takes a user or a service account/],
  ])('"%s" is a usage error', async (flags, message) => {
    const { stderr, code } = await type(`suggest ${flags}`.trimEnd());
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
