import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { Pool } from 'undici';

/** The reference: what node:https and undici's dispatch can do, streaming, without any check. Asks nobody. */
const [certificate = '', key = '', upstreamPort = '0', port = '0'] = process.argv.slice(2);
const origin = `http://127.0.0.1:${upstreamPort}`;
const pool = new Pool(origin, { connections: 64, allowH2: false });
const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer']);

createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
  const headers: string[] = [];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const name = (request.rawHeaders[at] ?? '').toLowerCase();
    if (!HOP.has(name) && name !== 'host') headers.push(name, request.rawHeaders[at + 1] ?? '');
  }
  headers.push('x-added', '1');
  const options = { origin, path: request.url ?? '/', method: 'GET' as const, headers, body: null };
  let abort = () => {};
  response.once('close', () => response.writableFinished || abort());
  pool.dispatch(options, {
    onRequestStart(controller) {
      abort = () => controller.abort(new Error('client left'));
    },
    onResponseStart(_controller, status, answered) {
      for (const name in answered) {
        const value = answered[name];
        if (value !== undefined && !HOP.has(name)) response.setHeader(name, value);
      }
      response.writeHead(status);
    },
    onResponseData(controller, chunk) {
      if (!response.write(chunk)) {
        controller.pause();
        response.once('drain', () => controller.resume());
      }
    },
    onResponseEnd: () => void response.end(),
    onResponseError: () => response.destroy(),
  });
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('Sallyport is ready\n'));
