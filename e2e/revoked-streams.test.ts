import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { askGateway } from './support/gateway-request.ts';
import { PODS, type RawGateway, startRawGateway } from './support/raw-gateway.ts';
import { connectRaw, statusesOf } from './support/raw-tls.ts';
import { SWITCHING, upgradeRequest, WEBSOCKET } from './support/raw-upgrade.ts';

const ROLE = (verbs: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: worker, namespace: dev }
rules: [{ verbs: [${verbs}], apiGroups: [''], resources: [pods, pods/exec] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: worker, namespace: dev }
subjects: [{ kind: User, name: worker, apiGroup: rbac.authorization.k8s.io }]
roleRef: { kind: Role, name: worker, apiGroup: rbac.authorization.k8s.io }
`;
/** Seconds. A token that is shorter may end before it is used on a busy machine. */
const LIFETIME = 4;

let at: RawGateway;

beforeAll(async () => {
  at = await startRawGateway({
    edit: (config) => config.replace(/^ {2}target: /m, '  streamGrace: 1s\n$&'),
    files: { 'config/demo/rbac/worker.yaml': ROLE('get, list, watch, create') },
    upgraded: (_request, socket) => socket.on('data', (chunk) => socket.write(chunk)).write(SWITCHING),
  });
});

afterEach(() => void at.upstream.take());

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

/** A tunnel that has carried something. */
async function openTunnel(token: string) {
  const connection = await connectRaw(at.sallyport);
  connection.write(upgradeRequest({ tokens: { ...at.tokens, jane: token } }, WEBSOCKET));
  await connection.until(/ 101 [\s\S]*\r\n\r\n/);
  connection.write('hello');
  await connection.until(/hello$/);
  return connection;
}

describe('S-226 a tunnel', () => {
  it('is cut when the role that allowed it is changed, and others are not', async () => {
    const [worker, jane] = [
      await openTunnel(await at.issuer.token('worker')),
      await openTunnel(at.tokens.jane),
    ];
    // A shell needs `create`, though `get` is what is asked for.
    await writeFile(join(at.sallyport.directory, 'config/demo/rbac/worker.yaml'), ROLE('get, list, watch'));
    await worker.ended();
    jane.write(' there');
    await jane.until(/hello there$/);
    jane.socket.destroy();
    // And is not to be had again.
    const token = await at.issuer.token('worker');
    const again = await connectRaw(at.sallyport);
    again.write(upgradeRequest({ tokens: { ...at.tokens, jane: token } }, WEBSOCKET));
    expect(statusesOf(await again.ended())).toEqual([403]);
  });

  it('is cut when its token ends', async () => {
    const token = await at.issuer.token('jane', ['developers'], `${LIFETIME}s`);
    const tunnel = await openTunnel(token);
    await tunnel.ended();
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(Date.now() / 1000).toBeGreaterThanOrEqual(exp);
    const { status } = await askGateway(at.sallyport, PODS, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(status).toBe(401);
  });
});
