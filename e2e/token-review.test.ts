import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { askGateway } from './support/gateway-request.ts';
import type { Terminal } from './support/kubectl.ts';
import { openTerminalAs } from './support/own-kubeconfig.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

const ROBOT = 'robot-token';
const RBAC = `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: robot, namespace: dev }
subjects: [{ kind: ServiceAccount, name: robot, namespace: dev }]
roleRef: { kind: ClusterRole, name: view, apiGroup: rbac.authorization.k8s.io }
`;

interface Seen {
  readonly url: string;
  readonly authorization: string | undefined;
  readonly impersonated: Readonly<Record<string, unknown>>;
}

/** An API server that knows one service account's token, and the gateway's. */
async function startApi(known: string) {
  const seen: Seen[] = [];
  const reviewed: string[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      const { url = '', headers } = request;
      const answer = (body: object, status = 200) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (headers.authorization !== 'Bearer own') return answer({}, 401);
      if (!url.endsWith('/tokenreviews')) {
        const names = Object.entries(headers).filter(([name]) => name.startsWith('impersonate-'));
        seen.push({ url, authorization: headers.authorization, impersonated: Object.fromEntries(names) });
        return answer({ kind: 'PodList', apiVersion: 'v1', items: [] });
      }
      const { spec } = JSON.parse(text) as { spec: { token: string } };
      reviewed.push(spec.token);
      const user = {
        username: 'system:serviceaccount:dev:robot',
        uid: 'u-1',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:dev', 'system:authenticated'],
      };
      const status =
        spec.token === known ? { authenticated: true, user } : { user: {}, error: 'invalid bearer token' };
      return answer({ kind: 'TokenReview', apiVersion: 'authentication.k8s.io/v1', status }, 201);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    reviewed,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('a token that only the API server knows', () => {
  let api: Awaited<ReturnType<typeof startApi>>;
  let other: Awaited<ReturnType<typeof startApi>>;
  let gateway: Sallyport;
  let robot: Terminal;
  let stranger: Terminal;

  beforeAll(async () => {
    [api, other] = await Promise.all([startApi(ROBOT), startApi('other-token')]);
    gateway = await startSallyport(
      (config) =>
        config
          .replace(
            '  target: embedded\n',
            `  target: { server: '${api.url}', tokenFile: own.token }
  tokenReview: true
  clusters:
    - name: other
      tokenReview: true
      target: { server: '${other.url}', tokenFile: own.token }
    - name: asking-nobody
      target: { server: '${api.url}', tokenFile: own.token }
`,
          )
          .replace(/ {2}embedded:\n {4}namespaces: \[dev\]\n/, ''),
      { files: { 'config/own.token': 'own\n', 'config/demo/rbac/robot.yaml': RBAC } },
    );
    const program = inject('kubectl')['1.35'];
    robot = await openTerminalAs(gateway, program, { token: ROBOT });
    stranger = await openTerminalAs(gateway, program, { token: 'stolen-token' });
  });

  afterAll(async () => {
    await Promise.all([robot, stranger].map((terminal) => terminal?.dispose()));
    await gateway?.dispose();
    api?.close();
    other?.close();
  });

  it('makes its service account known to the gateway', async () => {
    const { stdout, stderr } = await robot.kubectl('auth', 'whoami', '-o', 'json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).status.userInfo).toEqual({
      username: 'system:serviceaccount:dev:robot',
      uid: 'u-1',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:dev', 'system:authenticated'],
    });
  });

  it('goes through the gateway’s policy, and to the API server as the account, not as the token', async () => {
    const pods = '/api/v1/namespaces/dev/pods';
    expect((await robot.kubectl('get', '--raw', pods)).stdout).toContain('PodList');
    expect(api.seen.filter(({ url }) => url === pods)).toEqual([
      {
        url: pods,
        authorization: 'Bearer own',
        impersonated: {
          'impersonate-user': 'system:serviceaccount:dev:robot',
          'impersonate-uid': 'u-1',
          'impersonate-group': 'system:serviceaccounts, system:serviceaccounts:dev, system:authenticated',
        },
      },
    ]);
    expect((await robot.kubectl('get', '--raw', '/api/v1/namespaces/default/pods')).stderr).toContain(
      'User "system:serviceaccount:dev:robot" cannot list resource "pods"',
    );
    expect(api.reviewed.filter((token) => token === ROBOT).length).toBeLessThanOrEqual(2);
  });

  it('is refused when the API server does not know it either', async () => {
    expect((await stranger.kubectl('get', '--raw', '/api/v1/namespaces/dev/pods')).stderr).toMatch(
      /Unauthorized|must be logged in/,
    );
  });

  it('is not shown to the API server when its issuer is configured here', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = `${part({ alg: 'RS256' })}.${part({ iss: gateway.issuer, aud: 'kubectl', sub: 'x', exp: 4e9 })}.AA`;
    const { status } = await askGateway(gateway, '/api/v1/namespaces/dev/pods', {
      headers: { authorization: `Bearer ${forged}` },
    });
    expect(status).toBe(401);
    expect(api.reviewed).not.toContain(forged);
  });

  it('counts in its own cluster only', async () => {
    const ask = async (path: string) =>
      (await askGateway(gateway, path, { headers: { authorization: `Bearer ${ROBOT}` } })).status;
    expect(await ask('/api/v1/namespaces/dev/pods')).toBe(200);
    expect(await ask('/clusters/other/api/v1/namespaces/dev/pods')).toBe(401);
    expect(other.reviewed).toEqual([ROBOT]);
    const before = api.reviewed.length;
    expect(await ask('/clusters/asking-nobody/api/v1/namespaces/dev/pods')).toBe(401);
    expect(api.reviewed).toHaveLength(before);
  });

  it('stands in no log', () => {
    for (const token of [ROBOT, 'stolen-token'])
      expect(gateway.stdout() + gateway.stderr()).not.toContain(token);
  });
});

it('cannot be asked of the embedded API', async () => {
  const start = startSallyport((config) =>
    config.replace('  target: embedded\n', '  target: embedded\n  tokenReview: true\n'),
  );
  await expect(start).rejects.toThrow(
    /demo\.yaml:\d+:\d+: gateway\.tokenReview: is for an API server as target/,
  );
});
