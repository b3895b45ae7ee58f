import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { figure, parseText } from '../test/telemetry/support/parse-exposition.ts';
import { answerWith, type Fault, type FaultyApi, startFaultyApi } from './support/faulty-api.ts';
import { type Fronted, readAuditRecords, startFronted } from './support/fronted.ts';
import { SPDY, WEBSOCKET } from './support/raw-upgrade.ts';

const EXEC = '/clusters/api/api/v1/namespaces/default/pods/web/exec';
const switchingTo = (protocol = 'websocket') =>
  `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;
const SWITCHING = switchingTo();
const MUCH = 'x'.repeat(3_000_000);
/** Conditions take seconds to become true on a busy machine. */
const PATIENTLY = { timeout: 30_000, interval: 100 };

/** Bytes that came over a tunnel before its end, by audit id. */
const received = new Map<string, number>();

const tunnel =
  (then: (socket: Parameters<Fault>[0]) => void): Fault =>
  (socket, { id, request }) => {
    received.set(id, 0);
    socket.on('data', (chunk: Buffer) => received.set(id, (received.get(id) ?? 0) + chunk.length));
    socket.write(switchingTo(request.headers.upgrade));
    return () => then(socket);
  };

const faults: Readonly<Record<string, Fault>> = {
  dies: (socket) => void socket.resetAndDestroy() as undefined,
  'dies within its headers': (socket) => void socket.end(SWITCHING.slice(0, 40)) as undefined,
  'refuses and sends on': (socket) =>
    void socket.write(`${answerWith('403 Forbidden', 'no')}${SWITCHING}leaked`) as undefined,
  'cuts its refusal': (socket) =>
    void socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nhalf') as undefined,
  'says nothing': () => undefined,
  'breaks later': tunnel((socket) => socket.resetAndDestroy()),
  'ends with much to say': tunnel((socket) => socket.end(MUCH)),
  'listens to the end': tunnel((socket) => {
    socket.on('end', () => socket.end('bye'));
  }),
};

/** How kubectl asks for a stream: over a WebSocket, as older ones do over SPDY. */
const PROTOCOLS = [
  ['WebSocket', 'GET', WEBSOCKET],
  ['SPDY', 'POST', SPDY],
] as const;
type Protocol = (typeof PROTOCOLS)[number];

/** exec and its kin, when one of the two ends fails. */
describe('a tunnel through the gateway', () => {
  let api: FaultyApi;
  let fronted: Fronted;
  let count = 0;
  let descriptorsAtRest = 0;

  const figures = async () => parseText(await (await fetch(`${fronted.telemetry}/metrics`)).text());
  const descriptors = async () => figure(await figures(), 'process_open_fds') ?? 0;

  beforeAll(async () => {
    api = await startFaultyApi(faults);
    fronted = await startFronted({ servers: { api: api.origin } });
    // What is loaded or opened with the first tunnel stays.
    const { socket, id } = await open('breaks later', PROTOCOLS[0]);
    await once(socket, 'data');
    api.goOn(id);
    await once(socket, 'close');
    descriptorsAtRest = await descriptors();
  });

  afterAll(async () => {
    await fronted?.dispose();
    await api?.close();
  });

  async function open(fault: string, [, method, lines]: Protocol) {
    const { hostname: host, port } = new URL(fronted.sallyport.gateway);
    const bare = connectTcp(Number(port), host);
    const socket = connect({ socket: bare, ca: fronted.ca, ALPNProtocols: ['http/1.1'] });
    await once(socket, 'secureConnect');
    const id = `tunnel-${++count}`;
    let text = '';
    socket.on('error', () => {});
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.write(
      [
        `${method} ${EXEC}?fault=${encodeURIComponent(fault)} HTTP/1.1`,
        `Host: ${host}:${port}`,
        `Authorization: Bearer ${fronted.token('jane')}`,
        `Audit-ID: ${id}`,
        ...lines,
        '\r\n',
      ].join('\r\n'),
    );
    return { socket, id, text: () => text, reset: () => bare.resetAndDestroy() };
  }

  const until = (socket: TLSSocket, text: () => string, pattern: RegExp) =>
    vi.waitFor(() => {
      if (!pattern.test(text()))
        throw new Error(`no ${pattern} on ${socket.closed ? 'a closed' : 'the'} socket`);
    }, PATIENTLY);

  describe.each(PROTOCOLS.map((protocol) => [protocol[0], protocol] as const))(
    'over %s',
    (_name, protocol) => {
      it.each([
        ['dies', /^HTTP\/1\.1 503 [\s\S]*"reason":"ServiceUnavailable"/],
        ['dies within its headers', /^HTTP\/1\.1 503 [\s\S]*"reason":"ServiceUnavailable"/],
        ['refuses and sends on', /^HTTP\/1\.1 403 (?![\s\S]*leaked)[\s\S]*no$/],
        ['cuts its refusal', /^HTTP\/1\.1 403 [\s\S]*Content-Length: 100\r\n[\s\S]*half$/i],
      ])('S-219 is none when the API server %s', async (fault, expected) => {
        const { socket, id, text } = await open(fault, protocol);
        await once(socket, 'close');
        expect(text()).toMatch(expected);
        await api.gone(id);
        expect(api.seen.get(id)).toBe(1);
      });

      it('S-225 is not asked for any longer when the client leaves', async () => {
        const { socket, id } = await open('says nothing', protocol);
        await api.asked(id);
        socket.destroy();
        await api.gone(id);
      });

      it('S-224 brings everything that the API server said before it ended', async () => {
        const { socket, id, text } = await open('ends with much to say', protocol);
        await until(socket, text, /\r\n\r\n/);
        const head = text().length;
        api.goOn(id);
        await once(socket, 'close');
        expect(text().length - head).toBe(MUCH.length);
      });

      it('S-224 brings everything that the client said before it ended, and the answer to it', async () => {
        const { socket, id, text } = await open('listens to the end', protocol);
        await until(socket, text, /\r\n\r\n/);
        api.goOn(id);
        socket.end(MUCH);
        await once(socket, 'close');
        expect(received.get(id)).toBe(MUCH.length);
        expect(text().endsWith('bye')).toBe(true);
      });

      it('S-225 leaves nothing behind, whichever side breaks', async () => {
        const ids: string[] = [];
        for (let batch = 0; batch < 6; batch += 1) {
          await Promise.all(
            Array.from({ length: 10 }, async (_, index) => {
              const { socket, id, text, reset } = await open('breaks later', protocol);
              ids.push(id);
              await until(socket, text, /\r\n\r\n/);
              if (index % 2 === 0) api.goOn(id);
              else reset();
              await Promise.all([api.gone(id), socket.closed || once(socket, 'close')]);
            }),
          );
        }
        await vi.waitFor(async () => {
          expect(await descriptors()).toBeLessThanOrEqual(descriptorsAtRest);
          const open = (await figures()).filter(({ name }) =>
            ['apiserver_longrunning_requests', 'sallyport_open_streams'].includes(name),
          );
          expect(open.map(({ value }) => value).filter((value) => value !== 0)).toEqual([]);
        }, PATIENTLY);
        const records = Map.groupBy(readAuditRecords(fronted.auditText()), ({ auditID }) => auditID);
        for (const id of ids) {
          expect(
            records.get(id)?.map(({ stage, responseStatus }) => [stage, responseStatus?.code]),
            id,
          ).toEqual([
            ['RequestReceived', undefined],
            ['ResponseStarted', 101],
            ['ResponseComplete', 101],
          ]);
        }
        for (const line of fronted.sallyport.stderr().split('\n')) {
          if (line !== '') expect(['info', 'warn'], line).toContain(JSON.parse(line).level);
        }
      });
    },
  );
});
