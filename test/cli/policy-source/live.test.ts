import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCertificateAuthority, signServingCertificate } from '../../../src/certificates/index.ts';
import type { PolicyObject } from '../../../src/rbac/index.ts';
import { clientName, failure, reply, startApiServer } from '../support/api-server.ts';
import { folder } from '../support/folder.ts';
import { kubeconfig } from '../support/kubeconfig.ts';
import { type } from '../support/run.ts';

const BINDING: PolicyObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: 'editors', namespace: 'dev' },
  subjects: [{ kind: 'Group', name: 'developers', apiGroup: 'rbac.authorization.k8s.io' }],
  roleRef: { kind: 'ClusterRole', name: 'edit', apiGroup: 'rbac.authorization.k8s.io' },
};
const JANE = { username: 'jane', groups: ['developers', 'system:authenticated'] };

function use(server: string, user: object = {}, cluster: object = {}): { KUBECONFIG: string } {
  return { KUBECONFIG: join(folder({ config: kubeconfig(server, { ...user }, { ...cluster }) }), 'config') };
}

describe('a live source', () => {
  it('lists all objects, however many pages there are', async () => {
    const server = await startApiServer({ objects: [BINDING], pageSize: 7 });
    const { stdout, code } = await type('who-can create deploy', use(server.url));
    expect(stdout).toMatch(/^Group\s+developers\s+dev\s+ClusterRole edit\s+RoleBinding editors$/m);
    expect(code).toBe(0);
    expect(server.requests.filter((line) => line.includes('/clusterroles?')).length).toBeGreaterThan(5);
    expect(server.requests).toContain('GET /apis/rbac.authorization.k8s.io/v1/rolebindings?limit=500');
  });

  it.each([
    [200, ['developers', 'gatekeepers']],
    [403, ['developers']],
    [404, ['developers']],
  ])('asks a gateway for its manifests, which may answer %i', async (status, groups) => {
    const manifest = {
      ...BINDING,
      metadata: { name: 'keepers', namespace: 'dev' },
      subjects: [{ kind: 'Group', name: 'gatekeepers', apiGroup: 'rbac.authorization.k8s.io' }],
    };
    const server = await startApiServer({
      objects: [BINDING],
      answer(request, response) {
        if (request.url !== '/sallyport.dev/manifests') return false;
        const list = { kind: 'List', apiVersion: 'v1', metadata: {}, items: [manifest] };
        reply(response, status, status === 200 ? list : failure('NoReason', 'no'));
        return true;
      },
    });
    const { stdout, code } = await type('who-can create deploy -n dev -o json', use(server.url));
    const names = JSON.parse(stdout).subjects.map(
      ({ subject }: { subject: { name: string } }) => subject.name,
    );
    expect(names.filter((name: string) => !name.startsWith('system:'))).toEqual(groups);
    expect(code).toBe(0);
  });

  it('starts again when the pages have expired', async () => {
    let expired = false;
    const server = await startApiServer({
      objects: [BINDING],
      pageSize: 7,
      answer(request, response) {
        if (expired || !(request.url?.includes('/clusterroles?') && request.url.includes('continue')))
          return false;
        expired = true;
        reply(response, 410, failure('Expired', 'The provided continue parameter is too old'));
        return true;
      },
    });
    const { stdout } = await type('who-can create deploy -o json', use(server.url));
    const names = JSON.parse(stdout).subjects.map(
      ({ subject }: { subject: { name: string } }) => subject.name,
    );
    expect(names).toContain('developers');
    expect(names.filter((name: string) => name === 'developers')).toHaveLength(1);
    expect(expired).toBe(true);
  });

  it('does not follow pages in a circle', async () => {
    const server = await startApiServer({
      answer(request, response) {
        if (request.url?.includes('/roles?') !== true) return false;
        reply(response, 200, { kind: 'RoleList', metadata: { continue: 'again' }, items: [] });
        return true;
      },
    });
    expect(await type('who-can get pods', use(server.url))).toMatchObject({
      stderr: "error: the server's list of roles does not go on\n",
      code: 1,
    });
  });

  it("takes the namespace of the context, and resolves names by the server's discovery", async () => {
    const server = await startApiServer({ objects: [BINDING], userOf: () => JANE });
    const env = use(server.url);
    expect(await type('can-i create deploy', env)).toMatchObject({ stdout: 'yes\n', code: 0 });
    expect(await type('can-i create deploy -n default', env)).toMatchObject({ stdout: 'no\n', code: 1 });
    expect(server.requests).toContain('GET /apis');
  });

  it('answers about oneself without the right to read the policy', async () => {
    const server = await startApiServer({ objects: [BINDING], userOf: () => JANE });
    expect((await type('can-i --list', use(server.url))).stdout).toMatch(
      /^deployments\.apps\s+<none>\s+<none>\s+.*create/m,
    );
    expect(server.requests.some((line) => line.includes('rbac.authorization.k8s.io'))).toBe(false);
  });

  it('about oneself tells why as far as the server does', async () => {
    const server = await startApiServer({ objects: [BINDING], userOf: () => JANE });
    expect(await type('can-i get pods -n dev --why', use(server.url))).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^yes - RBAC: allowed by RoleBinding "editors\/dev" of ClusterRole "edit"/,
      ),
      stderr: 'Warning: you may not list the whole policy: the reason is what the server tells you\n',
    });
    expect(await type('can-i get pods -n dev --why --as bob', use(server.url))).toMatchObject({ code: 4 });
  });

  it('says which rights are missing, and how to get them', async () => {
    const server = await startApiServer({ objects: [BINDING], userOf: () => JANE });
    for (const line of ['who-can get pods', 'lint']) {
      const { stderr, code } = await type(line, use(server.url));
      expect(stderr).toContain('User "jane" cannot list resource "clusterroles"');
      expect(stderr).toContain(
        'kubectl create clusterrole policy-reader --verb=list --resource=roles.rbac.authorization.k8s.io',
      );
      expect(stderr).not.toContain('    at ');
      expect(code).toBe(4);
    }
  });

  it('warns when the server decides by more than its objects', async () => {
    const server = await startApiServer({
      reviewAllows: true,
      userOf: () => ({ ...JANE, groups: ['system:masters'] }),
    });
    const server2 = await startApiServer({
      reviewAllows: true,
      userOf: (request) =>
        request.url?.endsWith('reviews') ? JANE : { username: 'root', groups: ['system:masters'] },
    });
    expect((await type('can-i get pods --why', use(server.url))).stderr).toBe('');
    const { stdout, stderr } = await type('can-i get pods --why', use(server2.url));
    expect(stdout).toMatch(/^no\n/);
    expect(stderr).toMatch(/^Warning: the server itself says: yes\./);
  });

  it('counts the manifests of -f beside the server that is chosen', async () => {
    const server = await startApiServer();
    const path = folder({ 'b.json': JSON.stringify(BINDING), config: kubeconfig(server.url) });
    const { stdout } = await type(
      `who-can create deploy -o wide -f ${path}/b.json --kubeconfig ${path}/config`,
    );
    expect(stdout).toMatch(/developers.*manifests$/m);
    expect(stdout).toMatch(/system:masters.*cluster$/m);
  });

  it('works with servers that have no aggregated discovery', async () => {
    const server = await startApiServer({
      answer(request, response) {
        if (request.url !== '/api') return false;
        reply(response, 200, { kind: 'APIVersions', versions: ['v1'] });
        return true;
      },
    });
    const { stdout, stderr } = await type('can-i get po', use(server.url));
    expect(stderr).toMatch(/no aggregated discovery/);
    expect(stdout).toBe('yes\n');
  });
});

describe('the credentials of the kubeconfig', () => {
  const userOf = (request: { headers: { authorization?: string | undefined } }) =>
    request.headers.authorization === 'Bearer good' ? JANE : undefined;

  it('are the token, from wherever it comes', async () => {
    const server = await startApiServer({ userOf, objects: [BINDING] });
    const credential = {
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      status: { token: 'good' },
    };
    const exec = { apiVersion: credential.apiVersion, command: 'echo', args: [JSON.stringify(credential)] };
    const path = folder({ token: 'good\n' });
    for (const user of [{ token: 'good' }, { tokenFile: join(path, 'token') }, { exec }]) {
      expect(await type('can-i create deploy', use(server.url, user))).toMatchObject({
        code: 0,
        stdout: 'yes\n',
      });
    }
  });

  it('that are not taken are reported with the way out, and never shown', async () => {
    const server = await startApiServer({ userOf });
    const { stderr, code } = await type('can-i get pods', use(server.url, { token: 'very-secret' }));
    expect(stderr).toBe(
      'error: the server does not take the credentials (Unauthorized): they may have expired; renew the credentials of the kubeconfig\'s user "u"\n',
    );
    expect(code).toBe(3);
  });

  it('are the client certificate; the server is trusted by the CA of the kubeconfig only', async () => {
    const ca = await createCertificateAuthority(new Date());
    const tls = await signServingCertificate(ca, ['127.0.0.1'], new Date());
    const server = await startApiServer({
      objects: [BINDING],
      tls: { cert: tls.certificate, key: tls.privateKey, clientCa: ca.certificate },
      userOf: (request) => (clientName(request) === undefined ? undefined : JANE),
    });
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const user = {
      'client-certificate-data': base64(tls.certificate),
      'client-key-data': base64(tls.privateKey),
    };
    const trusted = { 'certificate-authority-data': base64(ca.certificate) };
    expect(await type('can-i create deploy', use(server.url, user, trusted))).toMatchObject({
      stdout: 'yes\n',
    });
    expect((await type('can-i create deploy', use(server.url, user))).stderr).toMatch(
      /its certificate is not trusted \(.*\); is the kubeconfig's certificate-authority right\?/,
    );
    const insecure = { 'insecure-skip-tls-verify': true };
    expect(await type('can-i create deploy', use(server.url, user, insecure))).toMatchObject({
      stdout: 'yes\n',
    });
  });

  it('do not matter when nobody listens', async () => {
    const { stderr, code } = await type('can-i get pods', use('http://127.0.0.1:1'));
    expect(stderr).toBe(
      'error: cannot reach http://127.0.0.1:1: nothing listens there (connection refused)\n',
    );
    expect(code).toBe(7);
  });
});
