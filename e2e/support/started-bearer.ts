import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type SecureContextOptions } from 'node:tls';
import type { BearerDoor } from '../../test/gateway/recorded/replay-bearer.ts';
import { type Connect, overHttp1 } from '../../test/gateway/recorded/wire.ts';
import { issue, issueAuthority } from '../../test/gateway/support/client-certificates.ts';
import { serveRecordedIssuers } from './recorded-issuers.ts';
import { startSallyport } from './sallyport.ts';

/** Of the API server that asks by TokenReview, whatever it asks. */
const WEBHOOK_TOKEN = 'w'.repeat(40);

export interface StartedBearer extends BearerDoor {
  /** Asks the authentication webhook, as an API server does; a review's status, or the Status of its refusal. */
  review(asked: object): Promise<object>;
}

/** The started product with a recorded configuration, over TLS; certificates are like the recorded ones, not the same. */
export async function openStartedBearer(configuration: string): Promise<StartedBearer> {
  const [issuers, authority, another] = await Promise.all([
    serveRecordedIssuers([configuration], new Set()),
    issueAuthority('clients'),
    issueAuthority('others'),
  ]);
  const [carol, admin, stranger] = await Promise.all([
    issue(
      [
        ['O', 'team-c'],
        ['CN', 'carol'],
      ],
      { by: authority },
    ),
    issue(
      [
        ['O', 'system:masters'],
        ['CN', 'admin'],
      ],
      { by: authority },
    ),
    issue([['CN', 'stranger']], { by: another }),
  ]);
  const certificates: Readonly<Record<string, SecureContextOptions>> = { carol, admin, stranger };
  const webhooks =
    'webhooks: { authentication: true, tokenFile: webhook-token, audiences: [https://127.0.0.1:17443] }';
  const sallyport = await startSallyport(
    (config) =>
      config
        .replace('manifests: [demo/rbac]', 'manifests: []')
        .replace(
          '  target: embedded\n',
          `  clientCA: clients.crt\n  explainRefusals: false\n  constrainedImpersonation: false\n  ${webhooks}\n$&`,
        )
        .replace('namespaces: [dev]', 'namespaces: []'),
    {
      files: {
        'config/clients.crt': authority.cert,
        'config/webhook-token': WEBHOOK_TOKEN,
        'config/demo/authentication.yaml': issuers.configuration,
      },
    },
  );
  const ca = readFileSync(join(sallyport.dataDir, 'ca.crt'), 'utf8');
  const port = Number(new URL(sallyport.gateway).port);
  const connecting =
    (certificate: SecureContextOptions = {}): Connect =>
    () =>
      connect({
        host: '127.0.0.1',
        port,
        ca,
        ALPNProtocols: ['http/1.1'],
        cert: certificate.cert,
        key: certificate.key,
      });
  return {
    connecting: ({ clientCertificate }) =>
      connecting(clientCertificate === null ? {} : certificates[clientCertificate]),
    async review(asked) {
      const { status, body } = await overHttp1(connecting(), {
        method: 'POST',
        target: '/webhooks/authentication',
        headers: [
          ['Authorization', `Bearer ${WEBHOOK_TOKEN}`],
          ['Content-Type', 'application/json'],
        ],
        body: JSON.stringify(asked),
      });
      const answer = JSON.parse(body);
      return status === 200 || status === 201 ? answer.status : answer;
    },
    async close() {
      await sallyport.dispose();
      issuers.close();
    },
  };
}
