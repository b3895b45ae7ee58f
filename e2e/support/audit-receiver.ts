import { createServer, type Server } from 'node:https';
import { createCertificateAuthority, signServingCertificate } from '../../src/certificates/index.ts';
import { freePort } from './free-port.ts';

export interface AuditEvent {
  readonly auditID: string;
  readonly stage: string;
  readonly [member: string]: unknown;
}

/** An https server that audit events are posted to, on a port of its own; it can go away and come back. */
export interface AuditReceiver {
  /** The text of a kubeconfig that leads to it. */
  readonly kubeconfig: string;
  /** Everything that was taken, the requests' bodies as they came. */
  readonly bodies: string[];
  events(): AuditEvent[];
  authorizations(): ReadonlySet<string | undefined>;
  up(): Promise<void>;
  down(): Promise<void>;
}

/** @param token what the kubeconfig's user has */
export async function openAuditReceiver(token: string): Promise<AuditReceiver> {
  const ca = await createCertificateAuthority(new Date());
  const { certificate: cert, privateKey: key } = await signServingCertificate(ca, ['127.0.0.1'], new Date());
  const port = await freePort();
  const bodies: string[] = [];
  const authorizations = new Set<string | undefined>();
  let server: Server | undefined;
  return {
    bodies,
    kubeconfig: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'audit',
      contexts: [{ name: 'audit', context: { cluster: 'receiver', user: 'gateway' } }],
      clusters: [
        {
          name: 'receiver',
          cluster: {
            server: `https://127.0.0.1:${port}/audit`,
            'certificate-authority-data': Buffer.from(ca.certificate).toString('base64'),
          },
        },
      ],
      users: [{ name: 'gateway', user: { token } }],
    }),
    events: () => bodies.flatMap((body) => (JSON.parse(body) as { items: AuditEvent[] }).items),
    authorizations: () => authorizations,
    async up() {
      const started = createServer({ cert, key }, (request, response) => {
        let body = '';
        request.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        request.on('end', () => {
          authorizations.add(request.headers.authorization);
          bodies.push(body);
          response.end();
        });
      });
      server = started;
      await new Promise<void>((done) => started.listen(port, '127.0.0.1', done));
    },
    async down() {
      const stopped = server;
      server = undefined;
      if (stopped === undefined) return;
      stopped.closeAllConnections();
      await new Promise((done) => stopped.close(done));
    },
  };
}
