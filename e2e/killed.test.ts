import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultyApi, startFaultyApi } from './support/faulty-api.ts';
import { type Fronted, readAuditRecords, startFronted } from './support/fronted.ts';
import { openGatewayClient } from './support/gateway-client.ts';

const ROUNDS = 10;
/** A round ends when so many requests have been answered. */
const ANSWERED = 200;
const WORKERS = 8;
const MAPS = '/api/v1/namespaces/default/configmaps';

/** A gateway under load that is killed again and again: what was said holds, and nothing is done twice. */
describe('a gateway that is killed', () => {
  let api: FaultyApi;
  let fronted: Fronted;
  /** Audit ids by what the client heard: 0 for nothing. */
  const heard = new Map<string, number>();
  /** Names of objects whose creation was acknowledged. */
  const created = new Map<string, string>();
  const attempted = new Set<string>();

  beforeAll(async () => {
    api = await startFaultyApi({});
    fronted = await startFronted({ servers: { api: api.origin } });
  });

  afterAll(async () => {
    await fronted?.dispose();
    await api?.close();
  });

  /** Asks until the process is gone: the API server by writing requests mostly, the embedded API to create objects. */
  async function load(round: number, worker: number, answered: () => void): Promise<void> {
    const version = worker % 2 === 0 ? 'HTTP/1.1' : 'HTTP/2';
    const client = openGatewayClient(version, fronted.sallyport.gateway, fronted.ca);
    const person = `person-${worker}`;
    const authorization = `Bearer ${fronted.token(person)}`;
    for (let n = 0; ; n += 1) {
      const id = `kill-${round}-${worker}-${n}`;
      const embedded = n % 3 === 2;
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: id }, data: { by: person } };
      const method = embedded || n % 3 === 1 ? 'POST' : 'GET';
      if (embedded) attempted.add(id);
      const answer = await client.ask({
        target: embedded ? MAPS : `/clusters/api${MAPS}/${id}`,
        method,
        headers: { authorization, 'audit-id': id, 'content-type': 'application/json' },
        ...(method === 'GET' ? {} : { body: JSON.stringify(map) }),
      });
      heard.set(id, answer.cut ? 0 : answer.status);
      if (answer.cut) break;
      expect([200, 201], answer.body).toContain(answer.status);
      if (embedded) created.set(id, JSON.parse(answer.body).metadata.uid);
      else expect(JSON.parse(answer.body)).toMatchObject({ id, user: person });
      answered();
    }
    client.close();
  }

  async function killUnderLoad(round: number): Promise<void> {
    let answers = 0;
    let enough = () => {};
    const busy = new Promise<void>((done) => {
      enough = done;
    });
    const workers = Array.from({ length: WORKERS }, (_, worker) =>
      load(round, worker, () => {
        answers += 1;
        if (answers >= ANSWERED) enough();
      }),
    );
    await Promise.race([busy, Promise.all(workers)]);
    await fronted.sallyport.kill();
    await Promise.all(workers);
    fronted.sallyport = await fronted.sallyport.restart();
  }

  it('starts again on what it left, however often', async () => {
    for (let round = 0; round < ROUNDS; round += 1) await killUnderLoad(round);
    expect([...heard.values()].filter((status) => status !== 0).length).toBeGreaterThanOrEqual(
      ROUNDS * ANSWERED,
    );
  });

  it('R-023 has sent no request twice, and answered none that it had not sent', () => {
    for (const [id, times] of api.seen) expect(times, id).toBe(1);
    for (const [id, status] of heard) {
      if (status !== 0 && !attempted.has(id)) expect(api.seen.get(id), id).toBe(1);
    }
  });

  it('R-033 has recorded every request before it sent it, and its end exactly once, also when that was its own', () => {
    // A line that the killed process did not finish would be no JSON, or hide the next one.
    const records = Map.groupBy(readAuditRecords(fronted.auditText()), ({ auditID }) => auditID);
    for (const id of [...api.seen.keys(), ...created.keys()]) {
      expect(records.get(id)?.[0]?.stage, id).toBe('RequestReceived');
    }
    for (const [id, status] of heard) {
      const stages = (records.get(id) ?? []).map(({ stage }) => stage);
      const ends = (records.get(id) ?? []).filter(({ stage }) => stage !== 'RequestReceived');
      // With `durability: each` the last event is written before the answer's end is sent.
      if (status !== 0) expect(stages, id).toEqual(['RequestReceived', 'ResponseComplete']);
      if (status !== 0) expect(ends[0]?.responseStatus?.code, id).toBe(status);
      // What the killed process left open, the next one has closed.
      else expect(ends.length, id).toBe(stages.length === 0 ? 0 : 1);
    }
    expect([...records.values()].flat().some(({ stage }) => stage === 'Panic')).toBe(true);
  });

  it('R-039 still has every object that it said was created, and nothing that nobody asked for', async () => {
    const client = openGatewayClient('HTTP/2', fronted.sallyport.gateway, fronted.ca);
    const { status, body } = await client.ask({
      target: MAPS,
      headers: { authorization: `Bearer ${fronted.token('person-0')}` },
    });
    client.close();
    expect(status).toBe(200);
    const items: { metadata: { name: string; uid: string; resourceVersion: string } }[] =
      JSON.parse(body).items;
    const uids = new Map(items.map(({ metadata }) => [metadata.name, metadata.uid]));
    for (const [name, uid] of created) expect(uids.get(name), name).toBe(uid);
    const ours = items.filter(({ metadata }) => metadata.name.startsWith('kill-'));
    expect(ours.filter(({ metadata }) => !attempted.has(metadata.name))).toEqual([]);
    const versions = ours.map(({ metadata }) => metadata.resourceVersion);
    expect(new Set(versions).size).toBe(versions.length);
  });
});
