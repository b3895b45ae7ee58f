import { createHash } from 'node:crypto';
import { connect, constants } from 'node:http2';
import { request } from 'node:https';
import type { Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerWith, type Fault, type FaultyApi, startFaultyApi } from './support/faulty-api.ts';
import { type Fronted, readAuditRecords, startFronted } from './support/fronted.ts';
import { type GatewayClient, type HttpVersion, openGatewayClient } from './support/gateway-client.ts';
import { residentMemory } from './support/kept-memory.ts';

const VERSIONS: readonly HttpVersion[] = ['HTTP/1.1', 'HTTP/2'];
const MIB = 1 << 20;
const LONG = 96 * MIB;
/** What the process may grow by under such a body, in MiB: less than if it kept the body. V8's own nursery takes some tens. */
const MOST_GROWN = 80;
/** Of requests under way at once while it stops. */
const MANY = 10;
const NAMESPACE = '/clusters/api/api/v1/namespaces/default';

/** Bytes that do not repeat, in pieces of a length that no buffer has. */
function* pieces(): Generator<Buffer> {
  let seed = createHash('sha512').update('a long body').digest();
  for (let left = LONG; left > 0; ) {
    const piece = Buffer.alloc(Math.min(left, 48_611));
    seed = createHash('sha512').update(seed).digest();
    for (let at = 0; at < piece.length; at += seed.length) seed.copy(piece, at);
    left -= piece.length;
    yield piece;
  }
}
const digestOf = (parts: Iterable<Buffer>) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

async function digestOfStream(stream: Readable): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of stream) hash.update(part);
  return hash.digest('hex');
}

const faults: Readonly<Record<string, Fault>> = {
  'a long answer': (socket) => {
    socket.write(
      `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${LONG}\r\n\r\n`,
    );
    void pipeline(pieces(), socket, { end: false }).catch(() => {});
    return undefined;
  },
  'the digest': async (socket, { request: asked }) => {
    socket.write(answerWith('200 OK', await digestOfStream(asked)));
  },
  'an answer when it is time': (socket, { id }) => {
    return () => void socket.write(answerWith('200 OK', JSON.stringify({ id })));
  },
  'an event, then silence': (socket) => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    socket.write(`${head}6\r\nhello\n\r\n`);
    return undefined;
  },
};

describe('what is under way', () => {
  let api: FaultyApi;
  let fronted: Fronted;
  const clients = {} as Record<HttpVersion, GatewayClient>;
  let count = 0;

  beforeAll(async () => {
    api = await startFaultyApi(faults);
    // Under load V8 makes its young generation larger, by more than what is looked for here.
    const env = { ...process.env, NODE_OPTIONS: '--max-semi-space-size=4' };
    fronted = await startFronted({ servers: { api: api.origin }, env });
    for (const version of VERSIONS)
      clients[version] = openGatewayClient(version, fronted.sallyport.gateway, fronted.ca);
  });

  afterAll(async () => {
    for (const version of VERSIONS) clients[version]?.close();
    await fronted?.dispose();
    await api?.close();
  });

  const memory = () => residentMemory(fronted.sallyport.pid);

  const targetOf = (fault: string, path = '/configmaps/x') => {
    const query = `fault=${encodeURIComponent(fault)}`;
    return { id: `way-${++count}`, target: `${NAMESPACE}${path}${path.includes('?') ? '&' : '?'}${query}` };
  };
  const headersOf = (id: string) => ({ authorization: `Bearer ${fronted.token('jane')}`, 'audit-id': id });

  /** A request whose body is the caller's to write, and whose answer the caller reads. */
  function open(version: HttpVersion, fault: string, method: string) {
    // What `proxy` subresources carry has no limit, as with kube-apiserver.
    const { id, target } = targetOf(fault, '/pods/web/proxy/x');
    const { gateway } = fronted.sallyport;
    if (version === 'HTTP/1.1') {
      const asked = request(gateway + target, {
        method,
        ca: fronted.ca,
        agent: false,
        headers: headersOf(id),
      });
      const answer = new Promise<Readable>((done, failed) => asked.on('error', failed).on('response', done));
      return { writable: asked as Writable, answer, close() {} };
    }
    const session = connect(gateway, { ca: fronted.ca });
    const stream = session.request({ ':path': target, ':method': method, ...headersOf(id) });
    const answer = new Promise<Readable>((done, failed) =>
      stream.on('error', failed).on('response', (headers) => {
        if (headers[':status'] === constants.HTTP_STATUS_OK) done(stream);
        else failed(new Error(String(headers[':status'])));
      }),
    );
    return { writable: stream as Writable, answer, close: () => session.close() };
  }

  describe.each(VERSIONS)('over %s', (version) => {
    it('R-030 comes byte for byte, however long it is, and costs no memory', async () => {
      const expected = digestOf(pieces());
      const come = async () => {
        const { writable, answer, close } = open(version, 'a long answer', 'GET');
        writable.end();
        expect(await digestOfStream(await answer)).toBe(expected);
        close();
      };
      // What passes for the first time has buffers made that are kept.
      await come();
      const before = memory();
      await come();
      expect(memory() - before).toBeLessThan(MOST_GROWN);
    });

    it('R-030 goes byte for byte, however long it is, and costs no memory', async () => {
      const before = memory();
      const { writable, answer, close } = open(version, 'the digest', 'PUT');
      await Promise.all([
        pipeline(pieces(), writable, { end: true }),
        finished(writable, { readable: false }),
      ]);
      let text = '';
      for await (const part of (await answer).setEncoding('utf8')) text += part;
      expect(text).toBe(digestOf(pieces()));
      close();
      expect(memory() - before).toBeLessThan(MOST_GROWN);
    });
  });

  it('R-037 is finished when the process is told to stop, and nothing new is begun', async () => {
    const asking = VERSIONS.flatMap((version) =>
      Array.from({ length: MANY }, () => {
        const { id, target } = targetOf('an answer when it is time');
        const answer = clients[version].ask({ target, method: 'POST', headers: headersOf(id), body: '{}' });
        return { id, answer };
      }),
    );
    const watches = await Promise.all(VERSIONS.map(watch));
    for (const { id } of asking) await api.asked(id);
    const stopped = fronted.sallyport.stop();
    // What never ends by itself is ended, so that clients watch another process.
    for (const { ended } of watches) expect(await ended).toMatchObject({ status: 200, cut: true });
    const late = openGatewayClient('HTTP/1.1', fronted.sallyport.gateway, fronted.ca);
    const askLate = async () => {
      const { id, target } = targetOf('none');
      return (await late.ask({ target, headers: headersOf(id) })).status;
    };
    while ((await askLate()) !== 0);
    for (const { id } of asking) api.goOn(id);
    for (const { id, answer } of asking) {
      expect(await answer).toMatchObject({ status: 200, body: JSON.stringify({ id }), cut: false });
    }
    expect(await stopped).toBe(0);
    late.close();
    const records = Map.groupBy(readAuditRecords(fronted.auditText()), ({ auditID }) => auditID);
    for (const { id } of asking) {
      expect(records.get(id)?.map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseComplete']);
      expect(api.seen.get(id)).toBe(1);
    }
  });

  /** A watch that has begun. */
  async function watch(version: HttpVersion) {
    const { id, target } = targetOf('an event, then silence', '/pods?watch=1');
    let begun = () => {};
    const beginning = new Promise<void>((done) => {
      begun = done;
    });
    const ended = clients[version].ask({ target, headers: headersOf(id), onPart: () => begun() });
    await beginning;
    return { ended };
  }
});
