import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { createScatter } from '../../../src/gateway/index.ts';
import {
  createCertificateAuthority,
  signServingCertificate,
} from '../../../src/gateway/tls/certificate-authority.ts';
import { createSecureHttpServer } from '../../../src/http/index.ts';
import { closeServer, listenOn, pipelineOf } from '../support/gateway.ts';
import { apiThat, apiWith, auditorInto, type FakeApi, listOf, PODS, placesIn, respond } from './support.ts';

describe('a list of all clusters', () => {
  const closers: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  function scatterOver(apis: readonly FakeApi[], events: Record<string, unknown>[] = []) {
    const auditor = auditorInto(events);
    const [root, ...others] = apis.map(({ target }, at) => ({
      name: `c${at}`,
      prefix: `/clusters/c${at}`,
      pipeline: pipelineOf({ target, auditor, cluster: `c${at}` }),
    }));
    const log = { warn() {}, error() {} };
    return createScatter({
      clusters: [root ?? expect.unreachable(), ...others],
      deadlineMs: 60_000,
      log,
    });
  }

  it('comes over HTTP/2, too, from many, and each records it', async () => {
    const ca = await createCertificateAuthority(new Date());
    const { certificate: cert, privateKey: key } = await signServingCertificate(
      ca,
      ['localhost'],
      new Date(),
    );
    const events: Record<string, unknown>[] = [];
    const apis = Array.from({ length: 40 }, () => apiWith(['a']));
    const scatter = scatterOver(apis, events);
    const warned: Error[] = [];
    const note = (warning: Error) => warned.push(warning);
    process.on('warning', note);
    closers.push(() => process.off('warning', note));
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
    for (const _ of [1, 2]) {
      const stream = session.request({ ':path': PODS });
      expect((await once(stream, 'response'))[0]).toMatchObject({ ':status': 200 });
      expect(placesIn(JSON.parse(await text(stream)))).toEqual(apis.map((_api, at) => `c${at}/a`));
    }
    await expect
      .poll(() => events.filter(({ stage }) => stage === 'ResponseComplete').length)
      .toBe(2 * apis.length);
    expect(warned).toEqual([]);
  });

  it('is read from the API servers no faster than by its client', async () => {
    const items = Array.from({ length: 500 }, () => 'x'.repeat(4_000));
    const endless = apiThat(({ response }) =>
      respond(response, 200, listOf(items, { resourceVersion: '1', continue: 'more' })),
    );
    const scatter = scatterOver([endless]);
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
    for (let before = -1; before !== endless.asked.length; ) {
      before = endless.asked.length;
      expect(before).toBeLessThan(100);
      for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
    }
    unread.destroy();
    await expect.poll(() => answer?.destroyed).toBe(true);
  });
});
