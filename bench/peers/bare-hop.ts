import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { createServer } from 'node:https';

/** The reference: the least that a reverse proxy on node:https and node:http can do. Asks nobody, checks nothing. */
const [certificate = '', key = '', upstreamPort = '0', port = '0'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
  const upstream = httpRequest(
    { host: '127.0.0.1', port: Number(upstreamPort), path: request.url, method: request.method, agent },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  request.pipe(upstream);
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('Sallyport is ready\n'));
