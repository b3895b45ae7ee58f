import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createBrowserLike } from '../test/identity/support/browser-like.ts';
import { loopback, signInFor } from '../test/identity/support/door.ts';
import { type AuditReceiver, openAuditReceiver } from './support/audit-receiver.ts';
import { askGateway } from './support/gateway-request.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

interface Event {
  readonly eventID: string;
  readonly action: string;
  readonly result: string;
  readonly sid?: string;
  readonly interaction?: string;
}

const POLICY = `
apiVersion: audit.k8s.io/v1
kind: Policy
rules: [{ level: Metadata }]
`;
const AUDIT = `
audit:
  log: { path: identity.log }
  webhook: { configFile: receiver.yaml, batch: { maxWait: 10ms } }
  strict: true
`;
const ROUNDS = 3;
const WORKERS = 4;
/** A round of killing ends when so many refreshes were answered. */
const ANSWERED = 40;

describe('the identity provider’s trail', () => {
  let sallyport: Sallyport;
  let receiver: AuditReceiver;

  beforeAll(async () => {
    receiver = await openAuditReceiver('receiver-token');
    await receiver.up();
    sallyport = await startSallyport(
      (config) =>
        config
          .replace(
            '  target: embedded\n',
            '  audit: { policyFile: policy.yaml, log: { path: gateway.log, durability: each } }\n  target: embedded\n',
          )
          .concat(AUDIT, 'logger: { level: debug }\n'),
      { files: { 'config/policy.yaml': POLICY, 'config/receiver.yaml': receiver.kubeconfig } },
    );
  });

  afterAll(async () => {
    await sallyport?.dispose();
    await receiver?.down();
  });

  const read = (name: string) => readFile(join(sallyport.directory, 'config', name), 'utf8');
  const lines = async (name: string) => (await read(name)).trim().split('\n');
  const events = async (): Promise<Event[]> => (await lines('identity.log')).map((line) => JSON.parse(line));
  const kubectl = () =>
    client.discovery(new URL(sallyport.issuer), 'kubectl', undefined, client.None(), {
      execute: [client.allowInsecureRequests],
    });
  const signIn = async (scope: string) => {
    const browser = createBrowserLike(new URL(sallyport.issuer).origin);
    const signedIn = await signInFor(await kubectl(), browser, { redirect_uri: loopback, scope });
    return { ...signedIn, browser };
  };

  it('shows a person’s path from the sign-in to the request, by one id', async () => {
    const { tokens, browser, callback, attempt } = await signIn('openid groups offline_access');
    const typed = ['typed-wrong-4711', 'no-secret-of-kubectl', 'no-token-of-ours'];
    const [wrong = '', clientSecret = '', bearer = ''] = typed;
    const nobody = 'nobody-whom-we-know';
    const other = createBrowserLike(new URL(sallyport.issuer).origin);
    const page = await other.open(attempt.url);
    await other.submit(page, { username: nobody, password: wrong }, '/login');
    await fetch(`${sallyport.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`kubectl:${clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: bearer }),
    });
    await askGateway(sallyport, '/api', { headers: { authorization: `Bearer ${bearer}` } });
    const { sid } = decodeJwt(tokens.id_token ?? '');
    const { status } = await askGateway(sallyport, '/api/v1/namespaces/dev/pods', {
      headers: { authorization: `Bearer ${tokens.id_token}` },
    });
    expect(status).toBe(200);
    await client.tokenRevocation(await kubectl(), tokens.refresh_token ?? '');

    const path = (await events()).filter((event) => event.sid === sid);
    expect(path.map(({ action }) => action)).toEqual([
      'authorize',
      'token.issue',
      'session.end',
      'token.revoke',
    ]);
    const [signedIn] = (await events()).filter(({ action }) => action === 'sign-in');
    expect(signedIn?.interaction).toBe(path[0]?.interaction);
    const asked = (await lines('gateway.log'))
      .map((line) => JSON.parse(line))
      .filter(({ annotations }) => annotations?.['sallyport.dev/sid'] === sid);
    expect(asked.map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseComplete']);
    expect(asked[0].user.username).toBe('jane');

    // S-273: of all that was presented, nothing is written anywhere.
    const code = new URL(callback).searchParams.get('code') ?? '';
    const cookies = [...browser.cookies.values()].map(({ value }) => value);
    const jwt = (tokens.id_token ?? '').split('.')[2] ?? '';
    const presented = [code, tokens.access_token, tokens.refresh_token ?? '', jwt, ...cookies, ...typed];
    presented.push(attempt.verifier, btoa(`kubectl:${clientSecret}`));
    const written = [
      await read('identity.log'),
      await read('gateway.log'),
      sallyport.stderr(),
      sallyport.stdout(),
    ];
    for (const name of await readdir(sallyport.dataDir)) {
      written.push(await readFile(join(sallyport.dataDir, name), 'latin1').catch(() => ''));
    }
    for (const secret of presented.filter((one) => one.length > 8))
      for (const text of written) expect(text.includes(secret), secret).toBe(false);
    // The store keeps these for a while, to give them back to the client and the form; nothing else has them.
    for (const secret of [attempt.state, attempt.nonce, nobody])
      for (const text of written.slice(0, 4)) expect(text.includes(secret), secret).toBe(false);
    expect(sallyport.stderr()).toContain('authentication failed');
  });

  it('is sent to the receiver, too, each event once', async () => {
    const logged = (await events()).map(({ eventID }) => eventID);
    const received = () =>
      receiver.bodies.map((body) => JSON.parse(body) as { kind: string; items: Event[] });
    await vi.waitFor(
      () => expect(received().flatMap(({ items }) => items.map(({ eventID }) => eventID))).toEqual(logged),
      { timeout: 10_000 },
    );
    expect(new Set(received().map(({ kind }) => kind))).toEqual(new Set(['IdentityEventList']));
    expect(new Set(logged).size).toBe(logged.length);
  });

  it('misses nothing that was answered, however often the process is killed', async () => {
    const answered: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const configuration = await kubectl();
      let count = 0;
      const work = Array.from({ length: WORKERS }, async () => {
        try {
          const { tokens } = await signIn('openid offline_access');
          const sid = String(decodeJwt(tokens.id_token ?? '').sid);
          answered.push(sid);
          for (let token = tokens.refresh_token ?? ''; ; ) {
            token = (await client.refreshTokenGrant(configuration, token)).refresh_token ?? '';
            answered.push(sid);
            count += 1;
          }
        } catch {
          // The process is gone.
        }
      });
      await Promise.race([vi.waitUntil(() => count >= ANSWERED, { timeout: 30_000 }), Promise.all(work)]);
      await sallyport.kill();
      await Promise.all(work);
      expect(count).toBeGreaterThanOrEqual(ANSWERED);
      sallyport = await sallyport.restart();
    }
    const issued = (await events()).filter(
      ({ action, result }) => action === 'token.issue' && result === 'success',
    );
    const perSession = Map.groupBy(issued, ({ sid }) => sid);
    for (const [sid, times] of Map.groupBy(answered, (one) => one)) {
      expect(perSession.get(sid)?.length, sid).toBeGreaterThanOrEqual(times.length);
      // One may have been written whose answer the kill cut off.
      expect(perSession.get(sid)?.length, sid).toBeLessThanOrEqual(times.length + 1);
    }
  });
});
