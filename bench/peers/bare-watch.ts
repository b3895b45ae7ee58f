import { createSecureServer } from 'node:http2';
import { createCertificateAuthority, signServingCertificate } from '../../src/certificates/index.ts';

/**
 * What a silent watch costs Node.js alone, by either protocol: every request gets the head of an answer and no more.
 * Prints its origin and, as JSON, the authority to trust.
 */
const ca = await createCertificateAuthority(new Date());
const { certificate, privateKey } = await signServingCertificate(ca, ['127.0.0.1'], new Date());
const server = createSecureServer(
  { cert: certificate, key: privateKey, allowHTTP1: true },
  (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.write('\n');
  },
);
server.on('sessionError', () => {});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  console.log(JSON.stringify({ origin: `https://127.0.0.1:${port}`, ca: ca.certificate }));
});
