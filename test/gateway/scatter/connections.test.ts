import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, constants } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { createCertificateAuthority, signServingCertificate } from '../../../src/certificates/index.ts';
import { type ClientUpgrade, createScatter } from '../../../src/gateway/index.ts';
import type { ScatterDeps } from '../../../src/gateway/scatter/scatter.ts';
import { createSecureHttpServer } from '../../../src/http/index.ts';
import { type Recording, recording } from '../audit/support/recording.ts';
import { closeServer, listenOn, pipelineOf } from '../support/gateway.ts';
import { apiThat, apiWith, type FakeApi, listOf, PODS, placesIn, respond } from './support.ts';

/** A list without an end. */
function endless(): FakeApi {
  const items = Array.from({ length: 500 }, () => 'x'.repeat(4_000));
  return apiThat(({ response }) =>
    respond(response, 200, listOf(items, { resourceVersion: '1', continue: 'more' })),
  );
}

describe('a list of all clusters', () => {
  const closers: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  /** Clusters c0, c1, …, all audited. */
  function scatterOver(
    apis: readonly FakeApi[],
    { audited = recording(), ...deps }: { audited?: Recording } & Partial<ScatterDeps> = {},
  ) {
    const [root, ...others] = apis.map(({ target }, at) => ({
      name: `c${at}`,
      prefix: `/clusters/c${at}`,
      pipeline: pipelineOf({ target, auditor: audited.auditor, cluster: `c${at}` }),
    }));
    const log = { warn() {}, error() {} };
    return createScatter({
      clusters: [root ?? expect.unreachable(), ...others],
      deadlineMs: 60_000,
      stalledReaderMs: 60_000,
      events: { refused() {} },
      log,
      ...deps,
    });
  }

  async function overHttp2(scatter: ReturnType<typeof createScatter>) {
    const ca = await createCertificateAuthority(new Date());
    const { certificate: cert, privateKey: key } = await signServingCertificate(
      ca,
      ['localhost'],
      new Date(),
    );
    const server = createSecureHttpServer({
      cert,
      key,
      maxHeaderSize: 65_536,
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      handshakeTimeout: 10_000,
      handler: (request, response) => scatter(request, response),
      mayUpgrade: () => false,
      onUpgrade: (_request, socket) => socket.destroy(),
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    closers.push(() => new Promise((done) => server.close(done)));
    const session = connect(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      ca: ca.certificate,
      servername: 'localhost',
    });
    closers.push(() => session.destroy());
    return session;
  }

  it('comes over HTTP/2, too, from many, and each records it', async () => {
    const audited = recording();
    const apis = Array.from({ length: 40 }, () => apiWith(['a']));
    const session = await overHttp2(scatterOver(apis, { audited }));
    const warned: Error[] = [];
    const note = (warning: Error) => warned.push(warning);
    process.on('warning', note);
    closers.push(() => process.off('warning', note));
    for (const _ of [1, 2]) {
      const stream = session.request({ ':path': PODS });
      expect((await once(stream, 'response'))[0]).toMatchObject({ ':status': 200 });
      expect(placesIn(JSON.parse(await text(stream)))).toEqual(apis.map((_api, at) => `c${at}/a`));
    }
    await expect
      .poll(() => audited.events().filter(({ stage }) => stage === 'ResponseComplete').length)
      .toBe(2 * apis.length);
    expect(warned).toEqual([]);
  });

  it('ends when its HTTP/2 client takes nothing of it any more', async () => {
    const refused: string[] = [];
    const scatter = scatterOver([endless()], {
      stalledReaderMs: 50,
      events: { refused: (limit) => refused.push(limit) },
    });
    const session = await overHttp2(scatter);
    const stream = session.request({ ':path': PODS });
    stream.on('error', () => {});
    await once(stream, 'response');
    await once(stream, 'close');
    expect([stream.rstCode, refused]).toEqual([constants.NGHTTP2_CANCEL, ['stalled-reader']]);
  });

  it('is no stream', async () => {
    const api = apiWith(['a']);
    const scatter = scatterOver([api]);
    const upgrade = { protocol: 'websocket' } as ClientUpgrade;
    const server = createServer((request, response) => scatter(request, response, upgrade));
    const port = await listenOn(server);
    closers.push(() => closeServer(server));
    const answer = await fetch(`http://127.0.0.1:${port}${PODS}?watch=true`);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining('a stream is of one cluster'),
    ]);
    expect(api.asked).toEqual([]);
  });

  it('is read from the API servers no faster than by its client', async () => {
    const api = endless();
    const scatter = scatterOver([api]);
    let answer: ServerResponse | undefined;
    const server = createServer((request, response) => {
      answer = response;
      scatter(request, response);
    });
    const port = await listenOn(server);
    closers.push(() => closeServer(server));
    const client = get({ port, host: '127.0.0.1', path: PODS });
    const [unread] = (await once(client, 'response')) as [IncomingMessage];
    await expect.poll(() => answer?.writableNeedDrain, { timeout: 10_000 }).toBe(true);
    // The kernel takes some of it, and then no more: an endless list would otherwise be asked for without end.
    for (let before = -1; before !== api.asked.length; ) {
      before = api.asked.length;
      expect(before).toBeLessThan(100);
      for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
    }
    unread.destroy();
    await expect.poll(() => answer?.destroyed).toBe(true);
  });
});
