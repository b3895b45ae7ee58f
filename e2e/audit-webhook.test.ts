import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuditEvent, type AuditReceiver, openAuditReceiver } from './support/audit-receiver.ts';
import { askGateway } from './support/gateway-request.ts';
import { getIdToken } from './support/id-token.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

const POLICY = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: Metadata }]\n';
const PODS = '/api/v1/namespaces/dev/pods';
const RECEIVER_TOKEN = 'canary-receiver-token';
const SECRET = 'canary-secret-value';
/** After an outage the sender may rest for half a minute, what failed before for two. */
const OUTAGE = { timeout: 150_000, interval: 200 };

const AUDIT = `  audit:
    policyFile: audit.yaml
    strict: true
    log: { path: audit.log, durability: each }
    webhook: { configFile: receiver.yaml, durability: each, batch: { maxWait: 50ms } }
`;

/** Events go to the receiver only. */
const ALONE = AUDIT.replace(/ {4}log: .*\n/, '');

describe('the audit webhook', { timeout: 200_000 }, () => {
  let receiver: AuditReceiver;
  let sallyport: Sallyport;
  let token: string;
  let stderr = '';

  beforeAll(async () => {
    receiver = await openAuditReceiver(RECEIVER_TOKEN);
    await receiver.up();
    sallyport = await startSallyport(
      (config) => config.replace('  target: embedded\n', `${AUDIT}  target: embedded\n`),
      { files: { 'config/audit.yaml': POLICY, 'config/receiver.yaml': receiver.kubeconfig } },
    );
    token = await getIdToken(sallyport, 'jane');
  });

  afterAll(async () => {
    await sallyport?.dispose();
    await receiver?.down();
  });

  const ask = (id: string, options: Parameters<typeof askGateway>[2] = {}, path = PODS) =>
    askGateway(sallyport, path, {
      ...options,
      headers: { Authorization: `Bearer ${token}`, 'Audit-ID': id, ...options.headers },
    });

  /** What the log backend has: it gets the same events. */
  async function logged(): Promise<AuditEvent[]> {
    const text = await readFile(join(sallyport.directory, 'config/audit.log'), 'utf8');
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  const sorted = (events: readonly AuditEvent[]) => events.map((event) => JSON.stringify(event)).sort();

  it('brings exactly what is recorded, once', async () => {
    const secret = {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: { name: 'canary' },
      stringData: { password: SECRET },
    };
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, (_, n) => ask(`get-${n}`)),
      ask('forbidden', { method: 'DELETE' }, '/api/v1/namespaces/default/pods/web'),
      ask('unauthenticated', { headers: { Authorization: 'Bearer canary-of-nobody' } }),
      ask(
        'secret',
        { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(secret) },
        '/api/v1/namespaces/dev/secrets',
      ),
    ]);
    expect(answers.map(({ status }) => status).slice(-4)).toEqual([200, 403, 401, 201]);
    await expect.poll(() => receiver.events().length, OUTAGE).toBeGreaterThanOrEqual(2 * 22 + 1);
    const events = await logged();
    await expect.poll(() => sorted(receiver.events()), OUTAGE).toEqual(sorted(events));
    expect(receiver.authorizations()).toEqual(new Set([`Bearer ${RECEIVER_TOKEN}`]));
    expect(JSON.parse(receiver.bodies[0] ?? '')).toMatchObject({
      kind: 'EventList',
      apiVersion: 'audit.k8s.io/v1',
    });
  });

  it('brings later what happens while the receiver is away', async () => {
    await receiver.down();
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => ask(`away-${n}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await expect.poll(() => sallyport.stderr()).toContain('audit events cannot be delivered');
    expect(receiver.events().filter(({ auditID }) => auditID.startsWith('away'))).toEqual([]);
    await receiver.up();
    await expect
      .poll(() => receiver.events().filter(({ auditID }) => auditID.startsWith('away')).length, OUTAGE)
      .toBe(200);
    const events = await logged();
    await expect.poll(() => sorted(receiver.events()), OUTAGE).toEqual(sorted(events));
    await expect.poll(() => sallyport.stderr()).toContain('audit events are delivered again');
    expect(sallyport.stderr().match(/audit events cannot be delivered/g)).toHaveLength(1);
  });

  it('brings the event of every answered request, though the process is killed while the receiver is away', async () => {
    await receiver.down();
    const answered: string[] = [];
    const load = Array.from({ length: 8 }, async (_, worker) => {
      for (let n = 0; ; n++) {
        const id = `kill-${worker}-${n}`;
        const answer = await ask(id).catch(() => undefined);
        if (answer === undefined) return;
        expect(answer.status).toBe(200);
        answered.push(id);
      }
    });
    while (answered.length < 200) await new Promise(setImmediate);
    await sallyport.kill();
    await Promise.all(load);
    stderr += sallyport.stderr();
    await receiver.up();
    sallyport = await sallyport.restart();
    const missing = () => {
      const got = new Set(
        receiver.events().flatMap(({ auditID, stage }) => (stage === 'RequestReceived' ? [auditID] : [])),
      );
      return answered.filter((id) => !got.has(id));
    };
    await expect.poll(missing, OUTAGE).toEqual([]);
  });

  it('keeps what waits over a stop, and stops in time', async () => {
    await receiver.down();
    await Promise.all(Array.from({ length: 20 }, (_, n) => ask(`stop-${n}`)));
    expect(await sallyport.stop()).toBe(0);
    stderr += sallyport.stderr();
    await receiver.up();
    sallyport = await sallyport.restart();
    const ofStop = (events: readonly AuditEvent[]) =>
      new Set(sorted(events.filter(({ auditID }) => auditID.startsWith('stop-'))));
    const expected = ofStop(await logged());
    expect(expected.size).toBe(40);
    await expect.poll(() => ofStop(receiver.events()), OUTAGE).toEqual(expected);
  });

  it('S-272 tells neither the receiver nor the log of any secret', async () => {
    const told = receiver.bodies.join('\n');
    expect(told).toContain('"secrets"');
    const log = stderr + sallyport.stderr();
    for (const secret of [
      SECRET,
      btoa(SECRET),
      token.split('.')[2] ?? '',
      'canary-of-nobody',
      RECEIVER_TOKEN,
    ]) {
      expect(told).not.toContain(secret);
      expect(log).not.toContain(secret);
    }
  });

  it('hears at last of a request that was open when the process was killed, once, also without a log', async () => {
    const other = await openAuditReceiver(RECEIVER_TOKEN);
    await other.up();
    let alone = await startSallyport(
      (config) => config.replace('  target: embedded\n', `${ALONE}  target: embedded\n`),
      {
        files: { 'config/audit.yaml': POLICY, 'config/receiver.yaml': other.kubeconfig },
      },
    );
    const bearer = { Authorization: `Bearer ${await getIdToken(alone, 'jane')}` };
    const stages = () => other.events().flatMap(({ auditID, stage }) => (auditID === 'open' ? [stage] : []));
    const watching = askGateway(alone, `${PODS}?watch=1`, {
      headers: { ...bearer, 'Audit-ID': 'open' },
    }).catch(() => {});
    await expect.poll(stages, OUTAGE).toEqual(['RequestReceived', 'ResponseStarted']);
    await alone.kill();
    await watching;
    for (let start = 0; start < 2; start += 1) {
      alone = await alone.restart();
      await askGateway(alone, PODS, { headers: { ...bearer, 'Audit-ID': `after-${start}` } });
      await expect
        .poll(() => other.events().some(({ auditID }) => auditID === `after-${start}`), OUTAGE)
        .toBe(true);
      expect(stages()).toEqual(['RequestReceived', 'ResponseStarted', 'Panic']);
      await alone.kill();
    }
    await alone.dispose();
    await other.down();
  });
});
