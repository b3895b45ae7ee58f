import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCertificateAuthority, signServingCertificate } from '../../../src/certificates/index.ts';
import { openKubeconfigTarget } from '../../../src/gateway/upstream/kubeconfig-target.ts';
import { folder } from '../../cli/support/folder.ts';
import { kubeconfig } from '../../cli/support/kubeconfig.ts';
import { serveGateway } from '../support/gateway.ts';
import { attributes, binding, follow, role, startApi, until } from './support.ts';

const PODS = '/api/v1/namespaces/default/pods';

describe("a cluster's policy", () => {
  it('is complete before it counts, however many pages there are', async () => {
    const api = await startApi({
      answer(request) {
        request.url = request.url?.replace('limit=500', 'limit=7') ?? '';
        return false;
      },
    });
    const { policy, followed } = follow(api.url);
    expect(followed.synced()).toBe("the cluster's roles are not known: the API server has not answered yet");
    await until(() => followed.synced() === undefined);
    expect(api.lists('clusterroles')).toBeGreaterThan(5);
    expect(policy.authorize(attributes('a', PODS, 'GET', ['system:masters'])).decision).toBe('allow');
    expect(policy.authorize(attributes('a', PODS)).decision).not.toBe('allow');
    const names = (of: typeof policy) =>
      [...of.view().roles()].map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
    expect(names(policy).sort()).toEqual(names(api.oracle).sort());
  });

  it('follows every change', async () => {
    const api = await startApi();
    const { policy, followed } = follow(api.url);
    await until(() => followed.synced() === undefined);
    const may =
      (user: string, method = 'GET') =>
      () =>
        policy.authorize(attributes(user, PODS, method)).decision === 'allow';
    const mayNot =
      (user: string, method = 'GET') =>
      () =>
        !may(user, method)();
    const steps: [string, string, object | undefined, () => boolean][] = [
      ['POST', '/namespaces/default/roles', role('default', 'r', ['list']), mayNot('jane')],
      ['POST', '/namespaces/default/rolebindings', binding('default', 'b', 'jane', 'Role', 'r'), may('jane')],
      ['PUT', '/namespaces/default/roles/r', role('default', 'r', ['create']), mayNot('jane')],
      ['PUT', '/namespaces/default/roles/r', role('default', 'r', ['list', 'create']), may('jane')],
      ['DELETE', '/namespaces/default/rolebindings/b', undefined, mayNot('jane')],
      ['POST', '/clusterrolebindings', binding('', 'c', 'joe', 'ClusterRole', 'edit'), may('joe', 'POST')],
      ['PUT', '/clusterrolebindings/c', binding('', 'c', 'jill', 'ClusterRole', 'edit'), mayNot('joe')],
      ['DELETE', '/clusterroles/edit', undefined, mayNot('jill')],
    ];
    for (const [method, path, body, condition] of steps) {
      expect(await api.send(method, path, body)).toBeLessThan(300);
      await until(condition);
    }
    expect(api.lists('roles')).toBe(1);
  });

  it('goes on where a watch broke off, without a new list', async () => {
    const api = await startApi();
    const { policy, followed } = follow(api.url);
    await until(() => followed.synced() === undefined && api.openWatches().length === 4);
    for (const round of [1, 2, 3]) {
      const [method, path] = round === 1 ? ['POST', ''] : ['PUT', '/c'];
      await api.send(
        method ?? '',
        `/clusterrolebindings${path}`,
        binding('', 'c', `u${round}`, 'ClusterRole', 'view'),
      );
      await until(() => policy.authorize(attributes(`u${round}`, PODS)).decision === 'allow');
      api.cut();
      await until(() => api.watches('clusterrolebindings').length === round + 1);
    }
    expect(['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'].map(api.lists)).toEqual([
      1, 1, 1, 1,
    ]);
    const from = api
      .watches('clusterrolebindings')
      .map((line) => Number(/resourceVersion=(\d+)/.exec(line)?.[1]));
    expect(from).toHaveLength(4);
    expect([...new Set(from)].sort((a, b) => a - b)).toEqual(from);
  });

  it('is listed anew when the server has forgotten the place, and never falters meanwhile', async () => {
    const api = await startApi();
    await api.send('POST', '/clusterrolebindings', binding('', 'kept', 'keeper', 'ClusterRole', 'view'));
    await api.send('POST', '/clusterrolebindings', binding('', 'lost', 'loser', 'ClusterRole', 'view'));
    const { policy, followed } = follow(api.url);
    await until(() => followed.synced() === undefined);
    let faltered = 0;
    const probe = setInterval(() => {
      if (
        policy.authorize(attributes('keeper', PODS)).decision !== 'allow' ||
        followed.synced() !== undefined
      )
        faltered++;
    }, 0);
    await api.whileAway(async () => {
      await api.send('DELETE', '/clusterrolebindings/lost');
      await api.send('POST', '/clusterrolebindings', binding('', 'new', 'newcomer', 'ClusterRole', 'view'));
    });
    await until(() => policy.authorize(attributes('newcomer', PODS)).decision === 'allow');
    await until(() => policy.authorize(attributes('loser', PODS)).decision !== 'allow');
    clearInterval(probe);
    expect(faltered).toBe(0);
    expect(api.lists('clusterrolebindings')).toBeGreaterThan(1);
  });

  it('agrees with the API itself after any load, cuts and compactions', async () => {
    const api = await startApi();
    const { policy, followed } = follow(api.url);
    await until(() => followed.synced() === undefined);
    let seed = 7;
    const pick = (most: number) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return (seed >> 8) % most;
    };
    for (let round = 0; round < 120; round++) {
      const namespace = `n${pick(2)}`;
      const name = `o${pick(4)}`;
      const user = `u${pick(3)}`;
      const isRole = pick(2) === 0;
      const path = `/namespaces/${namespace}/${isRole ? 'roles' : 'rolebindings'}`;
      const object = isRole
        ? role(namespace, name, [['get'], ['list'], ['get', 'list', 'create']][pick(3)] ?? [])
        : binding(
            namespace,
            name,
            user,
            pick(2) === 0 ? 'Role' : 'ClusterRole',
            pick(2) === 0 ? name : 'view',
          );
      const write = async () => {
        if (pick(3) === 0) await api.send('DELETE', `${path}/${name}`);
        else if ((await api.send('POST', path, object)) === 409) {
          // A roleRef never changes: some of these are refused.
          await api.send('PUT', `${path}/${name}`, object);
        }
      };
      if (round % 29 === 0) await api.whileAway(write);
      else await write();
      if (round % 17 === 0) api.cut();
    }
    await until(() => api.lists('rolebindings') > 1);
    const verdicts = (of: typeof policy) =>
      ['u0', 'u1', 'u2'].flatMap((user) =>
        ['n0', 'n1'].flatMap((namespace) =>
          ['GET', 'POST', 'DELETE'].map(
            (method) =>
              of.authorize(attributes(user, `/api/v1/namespaces/${namespace}/pods`, method)).decision,
          ),
        ),
      );
    const expected = verdicts(api.oracle);
    expect(new Set(expected).size).toBe(2);
    await until(() => JSON.stringify(verdicts(policy)) === JSON.stringify(expected));
    const rolesOf = (of: typeof policy) => [...of.view().roles()].length + [...of.view().bindings()].length;
    await until(() => rolesOf(policy) === rolesOf(api.oracle));
  });

  it('stays in force when the server is gone, and ages', async () => {
    const api = await startApi();
    await api.send('POST', '/clusterrolebindings', binding('', 'c', 'jane', 'ClusterRole', 'view'));
    let time = 1_000_000;
    const { policy, followed } = follow(api.url, { now: () => time });
    await until(() => followed.synced() === undefined && api.openWatches().length === 4);
    expect(followed.age()).toBe(0);
    await api.stop();
    await until(() => api.openWatches().length === 0);
    time += 90_000;
    await expect(fetch(api.url)).rejects.toThrow();
    expect(followed.age()).toBe(90_000);
    expect(followed.synced()).toBeUndefined();
    expect(policy.authorize(attributes('jane', PODS)).decision).toBe('allow');
  });

  it('is followed through the target of a kubeconfig, which forwards what it allows', async () => {
    const ca = await createCertificateAuthority(new Date());
    const serving = await signServingCertificate(ca, ['127.0.0.1'], new Date());
    const api = await startApi({ tls: { cert: serving.certificate, key: serving.privateKey } });
    const trusted = { 'certificate-authority-data': Buffer.from(ca.certificate).toString('base64') };
    const target = await openKubeconfigTarget({
      kubeconfig: join(folder({ config: kubeconfig(api.url, { token: 'own' }, trusted) }), 'config'),
      mode: 'impersonate',
      env: {},
      now: Date.now,
      log: { warn() {} },
    });
    onTestFinished(() => target.close());
    const { policy, followed } = follow(api.url, { client: target.client });
    const gateway = await serveGateway({ target, policy, notReady: followed.synced });
    onTestFinished(gateway.close);
    const status = async () => (await fetch(`${gateway.url}${PODS}`)).status;
    expect(await status()).toBe(503);
    await until(() => followed.synced() === undefined);
    expect(await status()).toBe(403);
    // The gateway's own write, over the same connections.
    const body = binding('', 'c', 'jane', 'ClusterRole', 'view');
    const path = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
    const written = await target.client.request({ method: 'POST', path, body });
    written.body.resume();
    expect(written.status).toBe(201);
    await until(() => policy.authorize(attributes('jane', PODS)).decision === 'allow');
    expect(await status()).toBe(200);
  });

  it('ends with close: nothing is asked any more', async () => {
    const api = await startApi();
    const waits = new Set<() => void>();
    const schedule = (_ms: number, callback: () => void) => {
      waits.add(callback);
      return () => void waits.delete(callback);
    };
    const { followed } = follow(api.url, { schedule });
    await until(() => api.openWatches().length === 4);
    expect(waits.size).toBe(4);
    followed.close();
    // Neither an open connection nor anything that waits for its time is left to ask once more.
    await until(() => api.openWatches().length === 0 && waits.size === 0);
    const asked = api.requests.length;
    await api.send('GET', '/roles');
    expect(api.requests.length).toBe(asked + 1);
  });
});
