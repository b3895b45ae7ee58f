import { afterEach, describe, expect, it } from 'vitest';
import { recordingTarget, sendRaw, serveGateway } from './support/gateway.ts';

type Gateway = Awaited<ReturnType<typeof serveGateway>>;
const open: Gateway[] = [];

async function gateway(options: Parameters<typeof serveGateway>[0] = {}): Promise<Gateway> {
  const served = await serveGateway(options);
  open.push(served);
  return served;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((served) => served.close()));
});

const POD = '/api/v1/namespaces/default/pods/web';

describe('the pipeline', () => {
  it('forwards what is allowed, the target byte for byte', async () => {
    const { target, seen } = recordingTarget();
    const { url } = await gateway({ target });
    const answer = await fetch(`${url}${POD}?a=%41&b=+`);
    expect(answer.status).toBe(200);
    expect(seen).toMatchObject([{ target: `${POD}?a=%41&b=+`, user: { username: 'jane' } }]);
  });

  it('warns of a header that was passed over, accepted or not', async () => {
    const warning = 'extra space';
    for (const outcome of [
      { outcome: 'unauthorized', reason: 'none', warning },
      { outcome: 'anonymous', user: { username: 'system:anonymous', groups: [] }, warning },
    ] as const) {
      const { url } = await gateway({ authenticate: () => outcome });
      expect((await fetch(`${url}${POD}`)).headers.get('warning')).toBe('299 - "extra space"');
    }
  });

  it('answers 401 with exactly kube-apiserver’s body and headers', async () => {
    const { target, seen } = recordingTarget();
    const { url } = await gateway({
      target,
      authenticate: () => ({ outcome: 'unauthorized', reason: 'expired' }),
    });
    const answer = await fetch(`${url}${POD}`);
    expect(answer.status).toBe(401);
    expect(await answer.text()).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}\n',
    );
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(answer.headers.get('x-content-type-options')).toBeNull();
    expect(answer.headers.get('cache-control')).toBe('no-cache, private');
    expect(seen).toEqual([]);
  });

  it('answers 403 with exactly kube-apiserver’s sentence', async () => {
    const { target, seen } = recordingTarget();
    const { url } = await gateway({ target, user: { username: '<script>', groups: [] } });
    const answer = await fetch(`${url}${POD}`, { method: 'DELETE' });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods \\"web\\" is forbidden: User \\"\\u0026lt;script\\u0026gt;\\" cannot delete resource \\"pods\\" in API group \\"\\" in the namespace \\"default\\"","reason":"Forbidden","details":{"name":"web","kind":"pods"},"code":403}\n',
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(seen).toEqual([]);
  });

  it('decides on the verb that the query makes', async () => {
    const { policyFor } = await import('./support/gateway.ts');
    const policy = policyFor('jane', 'nothing');
    policy.put('test', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'nothing' },
      rules: [{ verbs: ['list'], apiGroups: [''], resources: ['pods'] }],
    });
    const { url } = await gateway({ policy });
    const status = async (query: string) => (await fetch(`${url}/api/v1/pods${query}`)).status;
    expect([
      await status(''),
      await status('?watch'),
      await status('?watch=true'),
      await status('?watch=0'),
    ]).toEqual([200, 403, 403, 200]);
  });

  it('waits for a token that has to be looked up, and refuses when that fails', async () => {
    const { target, seen } = recordingTarget();
    const { url } = await gateway({ target, authenticate: () => Promise.reject(new Error('canary')) });
    const answer = await fetch(`${url}${POD}`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('canary');
    expect(seen).toEqual([]);
  });

  it('decides nothing while it can’t know', async () => {
    const { target, seen } = recordingTarget();
    const { url } = await gateway({ target, notReady: () => 'the policy is not loaded' });
    const answer = await fetch(`${url}${POD}`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ reason: 'ServiceUnavailable' });
    expect(seen).toEqual([]);
  });

  it.each([
    ['abc-123', 'abc-123'],
    ['a b', undefined],
    ['<script>', undefined],
    ['x'.repeat(65), undefined],
  ])('gives every answer an audit id: sent %j', async (sent, echoed) => {
    const { url } = await gateway();
    const answer = await fetch(`${url}${POD}`, { headers: { 'Audit-ID': sent } });
    const given = answer.headers.get('audit-id');
    if (echoed === undefined) expect(given).toMatch(/^[0-9a-f-]{36}$/);
    else expect(given).toBe(echoed);
  });

  it('runs the request as another user for who may impersonate, and refuses who may not', async () => {
    const { target, seen } = recordingTarget();
    const { url } = await gateway({ target });
    const headers = { 'Impersonate-User': 'bob', 'Impersonate-Group': 'ops' };
    expect((await fetch(`${url}${POD}`, { headers })).status).toBe(403);
    const { policyFor } = await import('./support/gateway.ts');
    const policy = policyFor('jane', 'cluster-admin');
    policy.put('test', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'ops' },
      subjects: [{ kind: 'Group', name: 'ops', apiGroup: 'rbac.authorization.k8s.io' }],
      roleRef: { kind: 'ClusterRole', name: 'view', apiGroup: 'rbac.authorization.k8s.io' },
    });
    const allowing = await gateway({ target, policy });
    expect((await fetch(`${allowing.url}${POD}`, { headers })).status).toBe(200);
    expect(seen).toMatchObject([{ user: { username: 'bob', groups: ['ops', 'system:authenticated'] } }]);
    const other = await gateway({ target, policy, user: { username: 'eve', groups: [] } });
    expect((await fetch(`${other.url}${POD}`, { headers })).status).toBe(403);
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['Impersonate-Group', 'without impersonating a user'],
    ['Impersonate_User', 'Impersonate_User'],
  ])('refuses %s alone instead of running the request as the caller', async (name, text) => {
    const { target, seen } = recordingTarget();
    const { url } = await gateway({ target });
    const answer = await fetch(`${url}${POD}`, { headers: { [name]: 'admin' } });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(text);
    expect(seen).toEqual([]);
  });
});

describe('an ambiguous request', () => {
  it.each([
    ['an encoded slash', '/api/v1/namespaces/default%2fkube-system/pods'],
    ['a dot segment', '/api/v1/namespaces/default/../kube-system/pods'],
    ['an encoded dot segment', '/api/v1/namespaces/default/%2e%2e/pods'],
    ['an empty segment', '/api/v1//pods'],
    ['two leading slashes', '//evil/api/v1/pods'],
    ['the absolute form', 'http://evil/api/v1/pods'],
    ['a fragment', '/api/v1/pods#x'],
    ['a backslash', '/api/v1\\pods'],
    ['a path parameter', '/api/v1/pods;x=1'],
    ['an encoded NUL', '/api/v1/pods/%00'],
    ['an overlong encoding', '/api/v1/pods/%c0%ae'],
  ])('is refused: %s', async (_what, target) => {
    const { target: place, seen } = recordingTarget();
    const { port } = await gateway({ target: place });
    const answer = await sendRaw(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(seen).toEqual([]);
  });

  it.each([
    ['an odd transfer coding', 'HTTP/1.1', 'Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'],
    ['a transfer coding with an empty member', 'HTTP/1.1', 'Transfer-Encoding: ,chunked\r\n', '0\r\n\r\n'],
    ['chunks on HTTP/1.0', 'HTTP/1.0', 'Transfer-Encoding: chunked\r\n', '0\r\n\r\n'],
    ['S-172 HTTP/2.0 in a line of HTTP/1', 'HTTP/2.0', 'Content-Length: 1\r\n', 'x'],
    ['S-187 HTTP/0.9', 'HTTP/0.9', '', ''],
    [
      'S-208 two Authorization headers',
      'HTTP/1.1',
      'Authorization: Bearer a\r\nAuthorization: Bearer a\r\n',
      '',
    ],
    ['two Hosts', 'HTTP/1.1', 'Host: x\r\n', ''],
    ['S-181 201 header fields', 'HTTP/1.1', 'X: 1\r\n'.repeat(199), ''],
    ['a length with a leading zero', 'HTTP/1.1', 'Content-Length: 01\r\n', 'x'],
    ['two lengths', 'HTTP/1.1', 'Content-Length: 1\r\nContent-Length: 2\r\n', 'xx'],
    ['a length and chunks', 'HTTP/1.1', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'],
  ])('is refused: %s', async (_what, version, headers, body) => {
    const { target, seen } = recordingTarget();
    const { port } = await gateway({ target });
    const answer = await sendRaw(
      port,
      `POST /api/v1/pods ${version}\r\nHost: x\r\nConnection: close\r\n${headers}\r\n${body}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(seen).toEqual([]);
  });

  it.each([
    ['S-177 HEAD with a body', 'HEAD', 'Content-Length: 1\r\n', 400],
    ['S-187 TRACE', 'TRACE', '', 405],
    ['S-187 PROPFIND', 'PROPFIND', '', 405],
  ])('is refused, a cluster-admin’s too: %s', async (_what, method, headers, status) => {
    const { target, seen } = recordingTarget();
    const { port } = await gateway({ target });
    const answer = await sendRaw(
      port,
      `${method} /api/v1/pods HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\nx`,
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(seen).toEqual([]);
  });

  it('is a 500 in plain text where kube-apiserver can’t resolve it', async () => {
    const { url } = await gateway();
    const answer = await fetch(`${url}/api/v1/watch`);
    expect(answer.status).toBe(500);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await answer.text()).toMatch(
      /^Internal Server Error: .*unable to determine kind and namespace from url/,
    );
  });
});
