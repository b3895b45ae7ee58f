import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as oidc from 'openid-client';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { type Etcd, startEtcd } from './support/etcd.ts';
import { askGateway } from './support/gateway-request.ts';
import { cameBack, openRelyingParty } from './support/relying-party.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { signIn } from './support/sign-in.ts';
import { openSwitch, type Switch } from './support/switch.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx' }] },
    },
  },
};

interface Objects {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly resourceVersion: string };
    readonly status?: { readonly phase?: string };
  }[];
}

const LOOKS_A_SECOND = 50;

/** Counted in looks: when each takes longer, so does everything else on this machine. */
async function withinASecond(holds: () => Promise<boolean>): Promise<void> {
  for (let looks = 1; !(await holds()); looks++) {
    expect(looks).toBeLessThan(LOOKS_A_SECOND);
    await pause(1000 / LOOKS_A_SECOND);
  }
}

/** Two processes on one etcd behind one issuer's address, each with a gateway of its own. */
describe('two processes on one etcd', () => {
  let etcd: Etcd;
  let front: Switch;
  let one: Sallyport;
  let two: Sallyport;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let client: oidc.Configuration;
  let tokens: oidc.TokenEndpointResponse;

  const portOf = ({ issuer }: Sallyport) => Number(new URL(issuer).port);
  const turnTo = (sallyport: Sallyport) => front.turnTo(portOf(sallyport));

  async function start(): Promise<Sallyport> {
    const issuer = `http://127.0.0.1:${front.port}`;
    const authentication = await readFile(resolve('config/demo/authentication.yaml'), 'utf8');
    return startSallyport(
      (config) => `${config.replace(/^issuer: .*$/m, `issuer: ${issuer}`)}
storage: { type: etcd, config: { endpoints: ['${etcd.endpoints[0]}'] } }
`,
      {
        files: { 'config/demo/authentication.yaml': authentication.replace('http://127.0.0.1:5556', issuer) },
      },
    );
  }

  /** As the admin who is signed in. */
  const ask = (sallyport: Sallyport, method: string, path: string, body?: object) =>
    askGateway(sallyport, path, {
      method,
      headers: { authorization: `Bearer ${tokens.id_token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  const list = async (sallyport: Sallyport, path: string): Promise<Objects> =>
    JSON.parse((await ask(sallyport, 'GET', path)).body);
  const keysOf = async (sallyport: Sallyport) => {
    turnTo(sallyport);
    return (await fetch(`http://127.0.0.1:${front.port}/keys`)).text();
  };

  beforeAll(async () => {
    [etcd, front, browser] = await Promise.all([startEtcd(inject('etcd')), openSwitch(), launchBrowser()]);
    [one, two] = await Promise.all([start(), start()]);
    context = await browser.newContext();
    page = await context.newPage();
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([one?.dispose(), two?.dispose()]);
    front?.close();
    await etcd?.stop();
  });

  it('began at the same time, with the same keys', async () => {
    expect(await keysOf(one)).toBe(await keysOf(two));
  });

  it('a sign-in is begun at one, gone on with at the other, and its code is redeemed at the first', async () => {
    turnTo(one);
    const app = await openRelyingParty({ issuer: `http://127.0.0.1:${front.port}`, clientId: 'kubectl' });
    client = app.configuration;
    await page.goto(app.authorizationUrl);
    turnTo(two);
    await signIn(page, 'admin');
    turnTo(one);
    tokens = await app.tokens;
    await cameBack(page, app);
    app.close();
    for (const sallyport of [one, two]) expect((await ask(sallyport, 'GET', MAPS)).status).toBe(200);
  });

  it('R-004 a refresh token goes on at any of them; one that is used again ends its family at both', async () => {
    turnTo(two);
    const app = await openRelyingParty({ issuer: `http://127.0.0.1:${front.port}`, clientId: 'kubectl' });
    await page.goto(app.authorizationUrl);
    await page.getByRole('button', { name: 'Continue' }).click();
    const { refresh_token: first = '' } = await app.tokens;
    await cameBack(page, app);
    app.close();
    const refresh = (sallyport: Sallyport, token = '') => {
      turnTo(sallyport);
      return oidc.refreshTokenGrant(client, token);
    };
    const second = await refresh(one, first);
    const third = await refresh(two, second.refresh_token);
    await expect(refresh(one, first)).rejects.toThrow();
    await expect(refresh(two, third.refresh_token)).rejects.toThrow();
  });

  it('objects are the same at both, with the same versions, and a watch at one tells what is done at the other', async () => {
    const { metadata } = await list(one, MAPS);
    const watch = ask(
      two,
      'GET',
      `${MAPS}?watch=1&timeoutSeconds=2&resourceVersion=${metadata.resourceVersion}`,
    );
    const names = Array.from({ length: 20 }, (_, n) => `map-${n}`);
    for (const [n, name] of names.entries()) {
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
      expect((await ask(n % 2 === 0 ? one : two, 'POST', MAPS, map)).status).toBe(201);
    }
    const lines = (await watch).body.trimEnd().split('\n');
    const events: { type: string; object: Objects['items'][number] }[] = lines.map((line) =>
      JSON.parse(line),
    );
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual(
      names.map((name) => `ADDED ${name}`),
    );
    const [atOne, atTwo] = [await list(one, MAPS), await list(two, MAPS)];
    expect(atTwo.items).toEqual(atOne.items);
    const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  });

  it('R-024 R-025 a binding that is made at one counts at the other within a second, and so does its end', async () => {
    const bindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings';
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'ruth' },
      subjects: [{ kind: 'User', name: 'ruth', apiGroup: 'rbac.authorization.k8s.io' }],
      roleRef: { kind: 'ClusterRole', name: 'view', apiGroup: 'rbac.authorization.k8s.io' },
    };
    const resourceAttributes = { verb: 'list', resource: 'configmaps', namespace: 'default' };
    const mayList = async (sallyport: Sallyport) => {
      const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
      const { body } = await ask(sallyport, 'POST', path, { spec: { user: 'ruth', resourceAttributes } });
      return JSON.parse(body).status.allowed;
    };
    for (const [change, allowed] of [
      [() => ask(one, 'POST', bindings, binding), true],
      [() => ask(one, 'DELETE', `${bindings}/ruth`), false],
    ] as const) {
      expect(await mayList(two)).toBe(!allowed);
      expect((await change()).status).toBeLessThan(300);
      // Where it was made, at once.
      expect(await mayList(one)).toBe(allowed);
      await withinASecond(async () => (await mayList(two)) === allowed);
    }
  });

  it('one of them runs the controllers, and each can be asked for logs', async () => {
    expect((await ask(two, 'POST', '/apis/apps/v1/namespaces/default/deployments', DEPLOYMENT)).status).toBe(
      201,
    );
    const pods = '/api/v1/namespaces/default/pods';
    const phases = async () => (await list(one, pods)).items.map(({ status }) => status?.phase);
    await expect.poll(phases, { timeout: 10_000 }).toEqual(['Running', 'Running']);
    const [pod] = (await list(two, pods)).items;
    for (const sallyport of [one, two]) {
      const log = () => ask(sallyport, 'GET', `${pods}/${pod?.metadata.name}/log`);
      await expect.poll(async () => (await log()).status).toBe(200);
    }
  });

  it('R-008 signing keys are rotated once, and both sign with the new one', async () => {
    const before = await keysOf(one);
    const rotation = { apiVersion: 'sallyport.dev/v1', kind: 'KeyRotation', spec: { revoke: false } };
    const asked = await ask(two, 'POST', '/apis/sallyport.dev/v1/keyrotations', rotation);
    expect(asked.status, asked.body).toBe(201);
    await expect.poll(() => keysOf(one), { timeout: 10_000 }).not.toBe(before);
    await expect.poll(async () => (await keysOf(two)) === (await keysOf(one))).toBe(true);
    turnTo(two);
    const fresh = await oidc.refreshTokenGrant(client, tokens.refresh_token ?? '');
    turnTo(one);
    tokens = await oidc.refreshTokenGrant(client, fresh.refresh_token ?? '');
    const kids = [fresh, tokens].map(
      ({ id_token = '' }) =>
        JSON.parse(Buffer.from(id_token.split('.')[0] ?? '', 'base64url').toString()).kid,
    );
    expect(kids[0]).toBe(kids[1]);
    for (const sallyport of [one, two]) expect((await ask(sallyport, 'GET', MAPS)).status).toBe(200);
  });

  it('one that is stopped leaves its work to the other at once', async () => {
    expect(await one.stop()).toBe(0);
    turnTo(two);
    const pods = '/api/v1/namespaces/default/pods';
    const scale = { spec: { replicas: 3 } };
    await askGateway(two, '/apis/apps/v1/namespaces/default/deployments/web', {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${tokens.id_token}`,
        'content-type': 'application/merge-patch+json',
      },
      body: JSON.stringify(scale),
    });
    const phases = async () => (await list(two, pods)).items.map(({ status }) => status?.phase);
    await expect.poll(phases, { timeout: 10_000 }).toEqual(['Running', 'Running', 'Running']);
    one = await one.restart();
    expect((await list(one, MAPS)).items).toEqual((await list(two, MAPS)).items);
  });

  it('R-017 while etcd is away they say that they are not ready, and that a request failed; then all goes on', async () => {
    const ready = async (sallyport: Sallyport) => {
      const probes = [askGateway(sallyport, '/readyz').then(({ status }) => status)];
      probes.push(fetch(`${sallyport.issuer}/readyz`).then(({ status }) => status));
      return (await Promise.all(probes)).join(' ');
    };
    for (const sallyport of [one, two]) expect(await ready(sallyport)).toBe('200 200');
    await etcd.kill();
    for (const sallyport of [one, two]) {
      expect((await ask(sallyport, 'POST', MAPS, { metadata: { name: 'lost' } })).status).toBe(503);
      expect(await ready(sallyport)).toBe('503 503');
    }
    await etcd.restart();
    for (const sallyport of [one, two]) await expect.poll(() => ready(sallyport)).toBe('200 200');
    expect((await ask(one, 'POST', MAPS, { metadata: { name: 'after' } })).status).toBe(201);
    expect((await list(two, MAPS)).items.map(({ metadata }) => metadata.name)).toContain('after');
  });

  it('R-009 a session that is ended at one is refused by the other within a second', async () => {
    const sessions = '/apis/sallyport.dev/v1/sessions';
    const { items } = await list(two, sessions);
    expect(items.length).toBeGreaterThan(0);
    expect((await ask(one, 'GET', MAPS)).status).toBe(200);
    for (const { metadata } of items) await ask(two, 'DELETE', `${sessions}/${metadata.name}`);
    await withinASecond(async () => (await ask(one, 'GET', MAPS)).status === 401);
    turnTo(one);
    await expect(oidc.refreshTokenGrant(client, tokens.refresh_token ?? '')).rejects.toThrow();
  });

  it('nothing else went wrong on the way', () => {
    for (const { stderr, stdout } of [one, two]) {
      const said = (stdout() + stderr()).split('\n');
      const known = /refused|etcd|the storage does not answer|other side closed/;
      expect(said.filter((line) => /\berror\b/i.test(line) && !known.test(line))).toEqual([]);
    }
  });
});
