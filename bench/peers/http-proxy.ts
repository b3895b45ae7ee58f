import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { createServer } from 'node:https';
import { createProxyServer } from 'http-proxy-3';
import { jwtVerify } from 'jose';

/** What one would put together otherwise: http-proxy-3, and jose verifying the token at each request. No RBAC, no audit. */
const [certificate = '', key = '', upstreamPort = '0', port = '0', publicKey = ''] = process.argv.slice(2);
const issuerKey = createPublicKey(readFileSync(publicKey));
const proxy = createProxyServer({
  target: `http://127.0.0.1:${upstreamPort}`,
  agent: new Agent({ keepAlive: true, maxSockets: 64 }),
});

createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
  const token = (request.headers.authorization ?? '').slice('Bearer '.length);
  jwtVerify(token, issuerKey, { audience: 'kubectl' }).then(
    () => proxy.web(request, response),
    () => response.writeHead(401).end(),
  );
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('Sallyport is ready\n'));
