import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createCertificateAuthority, signServingCertificate } from '../src/certificates/index.ts';
import { parseText } from '../test/telemetry/support/parse-exposition.ts';
import { answerWith, type Fault, type FaultyApi, startFaultyApi } from './support/faulty-api.ts';
import { freePort } from './support/free-port.ts';
import { type Fronted, readAuditRecords, startFronted } from './support/fronted.ts';
import {
  type ClientAnswer,
  type GatewayClient,
  type HttpVersion,
  openGatewayClient,
  type Question,
} from './support/gateway-client.ts';
import { UPSTREAM_FAULTS } from './support/upstream-faults.ts';

const VERSIONS: readonly HttpVersion[] = ['HTTP/1.1', 'HTTP/2'];
const CHUNKED = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
/** Conditions take seconds to become true on a busy machine. */
const PATIENTLY = { timeout: 30_000, interval: 100 };
const EARLY = answerWith('413 Payload Too Large', '{"early":true}');
const MAPS = '/api/v1/namespaces/default/configmaps';

/** What the product's memory is used for; how much of the machine's it has, is V8's own affair. */
const MEMORY = ['nodejs_heap_size_used_bytes', 'nodejs_external_memory_bytes'];
const inUse = (figures: ReadonlyMap<string, number>) =>
  MEMORY.reduce((sum, name) => sum + (figures.get(name) ?? 0), 0);

/** Bytes that an endless answer has got rid of, by audit id. */
const poured = new Map<string, number>();

const faults: Readonly<Record<string, Fault>> = {
  ...Object.fromEntries(Object.entries(UPSTREAM_FAULTS).map(([name, [fault]]) => [name, fault])),
  silence: () => undefined,
  'an early refusal': (socket) => void socket.write(EARLY) as undefined,
  'an early refusal that closes': (socket) => void socket.end(EARLY) as undefined,
  'an event, then silence': (socket) => void socket.write(`${CHUNKED}f\r\n{"type":"ADDED"\r\n`) as undefined,
  'an endless answer': (socket, { id }) => {
    socket.write(CHUNKED);
    const chunk = `10000\r\n${'x'.repeat(1 << 16)}\r\n`;
    const pour = () => {
      poured.set(id, (poured.get(id) ?? 0) + (1 << 16));
      if (!socket.destroyed) socket.write(chunk, () => setImmediate(pour));
    };
    pour();
    return undefined;
  },
};

/** The gateway in front of an API server that does whatever an API server, or what stands before it, may do wrong. */
describe('a gateway in front of a faulty API server', () => {
  let api: FaultyApi;
  /** Its certificate is not of the authority that the gateway knows. */
  let stranger: FaultyApi;
  let fronted: Fronted;
  let atRest: Map<string, number>;
  const clients = {} as Record<HttpVersion, GatewayClient>;
  /** What the clients saw, by audit id. */
  const told = new Map<string, ClientAnswer>();
  let count = 0;

  beforeAll(async () => {
    api = await startFaultyApi(faults);
    const [known, unknown] = [
      await createCertificateAuthority(new Date()),
      await createCertificateAuthority(new Date()),
    ];
    const { certificate: cert, privateKey: key } = await signServingCertificate(
      unknown,
      ['127.0.0.1'],
      new Date(),
    );
    stranger = await startFaultyApi(faults, { cert, key });
    fronted = await startFronted({
      servers: {
        api: api.origin,
        dead: `http://127.0.0.1:${await freePort()}`,
        stranger: `'${stranger.origin}', certificateAuthority: known-ca.crt`,
      },
      recorded: 'jane',
      files: { 'config/known-ca.crt': known.certificate },
    });
    for (const version of VERSIONS) {
      clients[version] = openGatewayClient(version, fronted.sallyport.gateway, fronted.ca);
      await expectOwnAnswer(version, 'first');
    }
    atRest = await figures();
  });

  afterAll(async () => {
    for (const version of VERSIONS) clients[version]?.close();
    await fronted?.dispose();
    await api?.close();
    await stranger?.close();
  });

  interface Asking extends Partial<Question> {
    readonly person?: string;
    readonly fault?: string;
    readonly cluster?: string;
  }

  async function ask(
    version: HttpVersion,
    { person = 'jane', fault, cluster = 'api', ...rest }: Asking = {},
  ) {
    const id = `${version === 'HTTP/2' ? 'two' : 'one'}-${++count}`;
    const query = fault === undefined ? '' : `?fault=${encodeURIComponent(fault)}`;
    const answer = await clients[version].ask({
      target: `/clusters/${cluster}${MAPS}/${id}${query}`,
      onPart: () => api.goOn(id),
      ...rest,
      headers: { authorization: `Bearer ${fronted.token(person)}`, 'audit-id': id, ...rest.headers },
    });
    told.set(id, answer);
    return { ...answer, id };
  }

  async function expectOwnAnswer(version: HttpVersion, person: string, body?: string) {
    const { id, ...answer } = await ask(version, {
      person,
      ...(body === undefined ? {} : { body, method: 'PUT', headers: { 'content-type': 'application/json' } }),
    });
    expect(answer).toMatchObject({ status: 200, cut: false });
    expect(JSON.parse(answer.body)).toEqual({ id, user: person, body: body ?? '' });
  }

  /** Resolves when nothing has come to it while others were answered. */
  async function settled(bytes: () => number): Promise<void> {
    for (let before = -1; before !== bytes(); ) {
      before = bytes();
      for (let other = 0; other < 10; other += 1) await expectOwnAnswer('HTTP/1.1', 'meanwhile');
    }
  }

  /** A request whose body and answer are the test's to write and to read. */
  function open(version: HttpVersion, fault: string, method: string) {
    const id = `open-${++count}`;
    const { writable, destroy } = clients[version].open({
      target: `/clusters/api${MAPS}/${id}?fault=${encodeURIComponent(fault)}`,
      method,
      headers: { authorization: `Bearer ${fronted.token('jane')}`, 'audit-id': id },
    });
    return { id, writable, destroy };
  }

  const figures = async () => {
    const samples = parseText(await (await fetch(`${fronted.telemetry}/metrics`)).text());
    for (const { name, value } of samples) expect(value < 0, `${name} ${value}`).toBe(false);
    const of = (name: string) =>
      samples.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0);
    return new Map(
      [
        'process_open_fds',
        ...MEMORY,
        'apiserver_current_inflight_requests',
        'apiserver_longrunning_requests',
        'sallyport_open_streams',
        'sallyport_upstream_failures_total',
      ].map((name) => [name, of(name)]),
    );
  };

  describe.each(VERSIONS)('over %s', (version) => {
    it.each(Object.entries(UPSTREAM_FAULTS))(
      'S-186 S-249 S-251 passes on what is whole of %s',
      async (fault, [, expected]) => {
        await expectOwnAnswer(version, 'before');
        const { id, ...answer } = await ask(version, { fault });
        expect(answer).toMatchObject(expected);
        if (expected.status === 503) {
          expect(JSON.parse(answer.body)).toMatchObject({
            kind: 'Status',
            code: 503,
            reason: 'ServiceUnavailable',
          });
        }
        expect(api.seen.get(id)).toBe(1);
        await api.gone(id);
        await Promise.all(['jane', 'bob', 'eve'].map((person) => expectOwnAnswer(version, person)));
      },
    );

    it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])(
      'R-023 S-248 sends a %s once, whatever becomes of it',
      async (method) => {
        for (const fault of [
          'a reset before the headers',
          'an end before the headers',
          'an end within the headers',
        ]) {
          // A connection that has served before is where a client would try again (RFC 9110 §9.2.2).
          await expectOwnAnswer(version, 'before');
          const body =
            method === 'GET' ? {} : { body: '{}', headers: { 'content-type': 'application/json' } };
          const { id, status } = await ask(version, { method, fault, ...body });
          expect(status).toBe(503);
          expect((await api.asked(id)).asked.earlier).toBeGreaterThan(0);
          expect(api.seen.get(id)).toBe(1);
        }
      },
    );

    it('R-027 gives everybody their own answer, among faults and many others', async () => {
      // Nothing in HTTP/1.1 tells a second answer that comes later from that to the connection's next request.
      const names = Object.keys(UPSTREAM_FAULTS).filter((name) => name !== 'a second answer later');
      const people = Array.from({ length: 40 }, (_, index) => `person-${index}`);
      await Promise.all(
        people.map(async (person, index) => {
          for (let round = 0; round < 8; round += 1) {
            if ((index + round) % 4 === 0)
              await ask(version, { person, fault: String(names[(index + round * 7) % names.length]) });
            else
              await expectOwnAnswer(version, person, `${person} ${round} `.repeat(1 + ((index * 97) % 400)));
          }
        }),
      );
      for (const [id, times] of api.seen) expect(times, id).toBe(1);
    });

    it.each(['jane', 'bob'])('gives an early refusal to %s, who is still sending', async (person) => {
      for (const fault of ['an early refusal', 'an early refusal that closes']) {
        const body = Buffer.alloc(3_000_000, ' ');
        const { id, ...answer } = await ask(version, { person, fault, method: 'POST', body });
        expect(answer).toMatchObject({ status: 413, body: '{"early":true}', cut: false });
        await api.gone(id);
        await expectOwnAnswer(version, person, 'after');
      }
    });

    it('is done with a request that has its answer, though the client goes on sending', async () => {
      const { id, writable, destroy } = open(version, 'an early refusal', 'POST');
      writable.write(Buffer.alloc(100_000));
      await api.gone(id);
      await vi.waitFor(async () => {
        expect((await figures()).get('apiserver_current_inflight_requests')).toBe(0);
      }, PATIENTLY);
      destroy();
    });

    it('S-250 S-254 waits for headers, and ends the request when the client leaves', async () => {
      const client = new AbortController();
      const asked = ask(version, { fault: 'silence', signal: client.signal });
      const id = `${version === 'HTTP/2' ? 'two' : 'one'}-${count}`;
      await api.asked(id);
      client.abort();
      await asked;
      await api.gone(id);
    });

    it('S-254 ends the request when the client leaves within the answer', async () => {
      const client = new AbortController();
      const { id, cut } = await ask(version, {
        fault: 'an event, then silence',
        signal: client.signal,
        onPart: () => client.abort(),
      });
      expect(cut).toBe(true);
      await api.gone(id);
    });

    it('R-032 reads from the API server no faster than the client does', async () => {
      const { id, destroy } = open(version, 'an endless answer', 'GET');
      await api.asked(id);
      await settled(() => poured.get(id) ?? 0);
      expect(poured.get(id)).toBeLessThan(32 << 20);
      destroy();
      await api.gone(id);
    });

    it('R-032 reads from the client no faster than the API server does', async () => {
      const { id, writable, destroy } = open(version, 'silence', 'POST');
      let sent = 0;
      const send = () => {
        sent += 1 << 16;
        if (writable.destroyed) return;
        // What has ended takes nothing more, and says so at once, over and over.
        writable.write(Buffer.alloc(1 << 16), (error) => error ?? setImmediate(send));
      };
      send();
      await api.asked(id);
      await settled(() => sent);
      expect(sent).toBeLessThan(32 << 20);
      destroy();
      await api.gone(id);
    });

    it('S-247 is told when nobody listens, or a stranger does', async () => {
      for (const cluster of ['dead', 'stranger']) {
        const { status, body } = await ask(version, { cluster });
        expect([status, JSON.parse(body).message]).toEqual([503, 'the API server did not answer']);
      }
      expect(stranger.seen.size).toBe(0);
    });
  });

  it.each([
    ['jane', 'a reset before the headers'],
    ['bob', 'a reset before the headers'],
    ['jane', 'an early refusal'],
    ['bob', 'an early refusal'],
  ])('%s’s next request on a connection is none of the body that met %s', async (person, fault) => {
    const { host, hostname, port } = new URL(fronted.sallyport.gateway);
    const socket = connect({ host: hostname, port: Number(port), ca: fronted.ca });
    let text = '';
    socket
      .on('error', () => {})
      .on('data', (chunk) => {
        text += chunk;
      });
    const head = (method: string, id: string, query = '') =>
      `${method} /clusters/api${MAPS}/x${query} HTTP/1.1\r\nHost: ${host}\r\nAudit-ID: ${id}\r\nAuthorization: Bearer ${fronted.token(person)}\r\n`;
    const [id, next] = [`within-${++count}`, `behind-${count}`];
    socket.write(`${head('POST', id, `?fault=${encodeURIComponent(fault)}`)}Content-Length: 10\r\n\r\n12345`);
    await vi.waitFor(() => expect(text).toMatch(/^HTTP\/1\.1 (503|413) [\s\S]*}/), PATIENTLY);
    socket.write(`67890${head('GET', next)}\r\n`);
    const answer = `{"id":"${next}","user":"${person}","body":""}`;
    await vi.waitFor(() => expect(socket.closed || text.endsWith(answer)).toBe(true), PATIENTLY);
    if (socket.closed) expect(text).toMatch(/\r\nConnection: close\r\n/);
    socket.destroy();
    expect(api.seen.get(id)).toBe(1);
  });

  it('R-035 the audit log has one end of each request, with what the client saw', () => {
    const records = Map.groupBy(readAuditRecords(fronted.auditText()), ({ auditID }) => auditID);
    for (const [id, { status, cut }] of told) {
      const [first, ...others] = records.get(id) ?? [];
      expect(first?.stage, id).toBe('RequestReceived');
      expect(
        others.map(({ stage }) => stage),
        id,
      ).toEqual(['ResponseComplete']);
      if (status === 0) continue;
      expect(others[0]?.responseStatus?.code, id).toBe(status);
      expect(others[0]?.annotations?.['sallyport.dev/incomplete'], id).toBe(cut ? 'true' : undefined);
    }
  });

  it('R-029 leaves nothing behind', async () => {
    for (const version of VERSIONS) clients[version].close();
    const rests = [
      'process_open_fds',
      'apiserver_current_inflight_requests',
      'apiserver_longrunning_requests',
      'sallyport_open_streams',
    ];
    await vi.waitFor(async () => {
      const now = await figures();
      for (const name of rests) expect(now.get(name), name).toBeLessThanOrEqual(atRest.get(name) ?? 0);
    }, PATIENTLY);
    // Garbage is collected some time: what is left then is what is kept.
    await vi.waitFor(async () => {
      expect(inUse(await figures()) - inUse(atRest)).toBeLessThan(32 << 20);
    }, PATIENTLY);
    for (const line of fronted.sallyport.stderr().split('\n')) {
      if (line !== '') expect(['info', 'warn'], line).toContain(JSON.parse(line).level);
    }
  });
});
