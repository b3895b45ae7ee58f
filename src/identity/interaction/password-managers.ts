import type { Express } from 'express';
import type { PageContext } from './page-context.ts';

export interface PasswordManagersDeps {
  readonly context: Pick<PageContext, 'base' | 'issuer'>;
  /** Whether people can have passkeys here. */
  readonly passkeys: boolean;
}

/**
 * Where password managers send people: to another password (A Well-known URL for Changing Passwords, W3C), and to their passkeys (A
 * Well-Known URL for Relying Party Passkey Endpoints, W3C). At the origin's root, whatever the issuer's path.
 */
export function addPasswordManagers(app: Express, { context, passkeys }: PasswordManagersDeps): void {
  const { base, issuer } = context;
  app.get('/.well-known/change-password', (_req, res) => res.redirect(302, `${base}/account/password`));
  if (!passkeys) return;
  const endpoints = { enroll: `${issuer}/account/factors/add`, manage: `${issuer}/account` };
  app.get('/.well-known/passkey-endpoints', (_req, res) => void res.json(endpoints));
}
