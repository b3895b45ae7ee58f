import { createServer } from 'node:http';

/** An API server that always answers the same pod-sized JSON. */
const body = JSON.stringify({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'web-0' },
  filler: 'x'.repeat(2000),
});
createServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}).listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('Sallyport is ready\n'));
