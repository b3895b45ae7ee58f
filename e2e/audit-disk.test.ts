import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { figure, parseText } from '../test/telemetry/support/parse-exposition.ts';
import { answerWith, type FaultyApi, startFaultyApi } from './support/faulty-api.ts';
import { type Fronted, readAuditRecords, startFronted } from './support/fronted.ts';
import { type GatewayClient, type HttpVersion, openGatewayClient } from './support/gateway-client.ts';

const VERSIONS: readonly HttpVersion[] = ['HTTP/1.1', 'HTTP/2'];
const MIB = 1024 * 1024;
/** Of a body; an event has it twice, and may have 100 KiB. */
const LONG = 40 * 1024;
const NOT_STORED = 'Internal error occurred: failed to store audit event';
/** Conditions take seconds to become true on a busy machine. */
const PATIENTLY = { timeout: 30_000, interval: 50 };

/** What a disk does to the audit log of the started product: it is set aside all the time, or has no room. */
describe('the disk that the audit log is on', () => {
  let api: FaultyApi;
  let fronted: Fronted;
  const clients = {} as Record<HttpVersion, GatewayClient>;
  let count = 0;

  beforeAll(async () => {
    api = await startFaultyApi({
      'an answer that waits': (socket) => () => void socket.write(answerWith('200 OK', '{}')),
    });
    fronted = await startFronted({ servers: { api: api.origin }, recorded: 'jane' });
    for (const version of VERSIONS) {
      clients[version] = openGatewayClient(version, fronted.sallyport.gateway, fronted.ca);
    }
  });

  afterAll(async () => {
    for (const version of VERSIONS) clients[version]?.close();
    await fronted?.dispose();
    await api?.close();
  });

  /** @param body characters of it, all of which are recorded */
  async function write(version: HttpVersion, { body = 0, query = '' } = {}) {
    const id = `disk-${++count}`;
    const { status, body: text } = await clients[version].ask({
      target: `/clusters/api/api/v1/namespaces/default/configmaps/${id}${query}`,
      method: 'PUT',
      headers: {
        authorization: `Bearer ${fronted.token('jane')}`,
        'audit-id': id,
        'content-type': 'application/json',
      },
      body: JSON.stringify('x'.repeat(body)),
    });
    return { id, status, text };
  }

  const stages = () => {
    const records = Map.groupBy(readAuditRecords(fronted.auditText()), ({ auditID }) => auditID);
    return (id: string) => records.get(id)?.map(({ stage }) => stage) ?? [];
  };

  async function figuresNow() {
    const samples = parseText(await (await fetch(`${fronted.telemetry}/metrics`)).text());
    return {
      events: figure(samples, 'apiserver_audit_event_total') ?? Number.NaN,
      errors: figure(samples, 'apiserver_audit_error_total', { plugin: 'log' }) ?? Number.NaN,
    };
  }

  /** No file of the process can grow beyond so many bytes: what `write` answers is an error then, as on a full disk. */
  function setRoom(bytes: number | 'unlimited'): void {
    execFileSync('prlimit', ['--pid', String(fronted.sallyport.pid), `--fsize=${bytes}:unlimited`]);
  }

  const fill = () => setRoom(statSync(join(fronted.sallyport.directory, 'config/audit.log')).size);

  it('R-036 loses no line however often the log is set aside, among many requests', async () => {
    const answered: string[] = [];
    const workers = Array.from({ length: 8 }, async (_, worker) => {
      for (let n = 0; n < 20; n += 1) {
        const { id, status } = await write(VERSIONS[worker % 2] ?? 'HTTP/2', { body: LONG });
        expect(status).toBe(200);
        answered.push(id);
      }
    });
    await Promise.all(workers);
    const stagesOf = stages();
    for (const id of answered) expect(stagesOf(id), id).toEqual(['RequestReceived', 'ResponseComplete']);
    const files = fronted.auditLogs();
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) expect(Buffer.byteLength(file)).toBeLessThanOrEqual(MIB);
  });

  it('R-034 has nobody served while it is full, says so, and goes on by itself', async () => {
    const before = await figuresNow();
    const waiting = write('HTTP/2', { query: '?fault=an%20answer%20that%20waits' });
    const { asked } = await api.asked(`disk-${count}`);
    fill();
    const refused = [];
    for (const version of VERSIONS) for (let n = 0; n < 3; n += 1) refused.push(await write(version));
    for (const { id, status, text } of refused) {
      expect(JSON.parse(text)).toMatchObject({ kind: 'Status', message: NOT_STORED, code: 500 });
      expect(status).toBe(500);
      expect(api.seen.get(id)).toBeUndefined();
    }
    expect(fronted.sallyport.stderr()).toContain('audit log cannot be written');
    expect((await figuresNow()).errors).toBe(before.errors + refused.length);
    api.goOn(asked.id);
    expect(await waiting).toMatchObject({ status: 200 });

    setRoom('unlimited');
    await vi.waitFor(async () => expect((await write('HTTP/1.1')).status).toBe(200), PATIENTLY);
    const stagesOf = stages();
    for (const { id } of refused) expect(stagesOf(id), id).toEqual([]);
    // What had begun before is kept until there is room.
    expect(stagesOf(asked.id)).toEqual(['RequestReceived', 'ResponseComplete']);
  });

  it('R-034 counts what is lost, where people are to be served all the same', async () => {
    await fronted.sallyport.stop();
    const { configFile } = fronted.sallyport;
    writeFileSync(configFile, readFileSync(configFile, 'utf8').replace('strict: true', 'strict: false'));
    fronted.sallyport = await fronted.sallyport.restart();
    const [before, linesBefore] = [await figuresNow(), readAuditRecords(fronted.auditText()).length];
    fill();
    // More than the 16 MiB that are kept in memory meanwhile.
    const lasting = async (version: HttpVersion) => {
      for (let n = 0; n < 150; n += 1) expect((await write(version, { body: LONG })).status).toBe(200);
    };
    await Promise.all(VERSIONS.map(lasting));
    const { events, errors } = await figuresNow();
    expect(before.errors).toBe(0);
    expect(errors).toBeGreaterThan(0);
    setRoom('unlimited');
    await vi.waitFor(() => expect(fronted.sallyport.stderr()).toContain(`"dropped":${errors}`), PATIENTLY);
    expect(readAuditRecords(fronted.auditText()).length - linesBefore).toBe(events - before.events - errors);
  });
});
