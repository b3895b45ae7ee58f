import { z } from 'zod';
import { accounts } from './accounts.ts';
import { audit } from './audit.ts';
import { checkAccounts } from './check-accounts.ts';
import { checkClients } from './check-clients.ts';
import { checkConnectors, connectors } from './connectors.ts';
import { sharedCredentials } from './federated-credential.ts';
import { gateway } from './gateway.ts';
import { grantProblems, servedGrantTypes } from './grant-types.ts';
import { expiry, frontend, logger, oauth2, telemetry } from './identity.ts';
import { checkMfa, mfa } from './mfa.ts';
import { sessions } from './sessions.ts';
import { signer } from './signer.ts';
import { staticClient } from './static-client.ts';
import { staticPassword } from './static-password.ts';
import { storage } from './storage.ts';
import { httpUrl, notServed } from './values.ts';
import { web } from './web.ts';

/** The whole configuration file: Dex's keys and `gateway`. */
export const configSchema = z
  .strictObject({
    issuer: httpUrl.describe(
      'The URL that people and clients reach the identity provider by; `iss` of every token. A path means that everything is served under it.',
    ),
    storage: storage.optional().meta({
      description: 'Where everything that must outlive a restart is kept.',
      whenAbsent: '`sqlite3`, `sallyport.db` in the data directory',
    }),
    web,
    signer: signer.optional(),
    oauth2: oauth2.default({ skipApprovalScreen: false, subjectEncoding: 'plain' }),
    expiry: expiry.default({}),
    logger: logger.default({ level: 'info', format: 'text', excludeFields: [] }),
    telemetry: telemetry.default({}),
    frontend: frontend.default({}),
    sessions: sessions.default({ rememberMeCheckedByDefault: false }),
    staticClients: z
      .array(staticClient)
      .default([])
      .describe('OAuth clients. One that is public and called `kubectl` is always there unless listed here.'),
    enablePasswordDB: z
      .boolean()
      .default(false)
      .describe(
        'Must be true for `staticPasswords` to be taken, and, where there are `connectors`, for the accounts of this server to be a source beside them.',
      ),
    accounts: accounts
      .default({ passwordPolicy: { minLength: 12 } })
      .describe('The accounts that are kept in the storage, beside `staticPasswords`.'),
    staticPasswords: z.array(staticPassword).default([]).describe('The accounts.'),
    audit: audit.optional().meta({
      description: 'Where the audit trail of the identity provider goes.',
      whenAbsent: 'to the log, with `audit: true`',
    }),
    gateway: gateway.optional().meta({
      description: 'The second door.',
      whenAbsent: 'the identity provider alone is started',
    }),
    connectors,
    grpc: notServed('there is no gRPC API: use the REST admin API; remove the key').optional(),
    mfa: mfa
      .default({ authenticators: [], defaultMFAChain: [], requiredForGroups: [] })
      .describe('Second factors, and who has to have one.'),
  })
  .superRefine((config, context) => {
    for (const check of [checkClients, checkAccounts, checkConnectors, checkMfa])
      check(config, (path, message) => context.addIssue({ code: 'custom', path: [...path], message }));
  })
  .refine((config) => config.enablePasswordDB || config.staticPasswords.length === 0, {
    path: ['staticPasswords'],
    message: 'static passwords need enablePasswordDB: true',
  })
  .refine((config) => config.gateway === undefined || config.signer?.config?.algorithm !== 'EdDSA', {
    path: ['signer', 'config', 'algorithm'],
    message: 'the gateway takes no EdDSA tokens, as kube-apiserver takes none; use RS256 or ES256',
  })
  .superRefine(({ staticClients, oauth2 }, context) => {
    const nowhere =
      oauth2.passwordConnector === undefined ? (oauth2.grantTypes?.indexOf('password') ?? -1) : -1;
    if (nowhere !== -1)
      context.addIssue({
        code: 'custom',
        path: ['oauth2', 'grantTypes', nowhere],
        message: 'password needs oauth2.passwordConnector: local; add that, or remove it here',
      });
    for (const [index, client] of staticClients.entries()) {
      for (const { path, message } of grantProblems(client, servedGrantTypes(oauth2)))
        context.addIssue({ code: 'custom', path: ['staticClients', index, ...path], message });
    }
    for (const { at, message } of sharedCredentials(staticClients)) {
      const [client, credential] = at;
      const path = ['staticClients', client, 'federatedCredentials', credential];
      context.addIssue({ code: 'custom', path, message });
    }
  });

export type ConfigFile = z.output<typeof configSchema>;
