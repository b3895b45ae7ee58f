import type { Log } from './identity-deps.ts';
import { passwordGrant } from './password-grant/grant-type.ts';
import type { Lifetimes } from './provider/lifetimes.ts';
import type { RegistrationConfig } from './registration/registration-config.ts';

/** Says once, when it is put in force, what is configured to be weaker than it need be. */
export function warnOfKeptTokens(
  { rotateRefreshTokens }: Pick<Lifetimes, 'rotateRefreshTokens'>,
  log: Log,
): void {
  if (rotateRefreshTokens) return;
  log.warn(
    { setting: 'expiry.refreshTokens.disableRotation' },
    'refresh tokens are not rotated: a stolen one is of use until it ends, and nobody learns of it',
  );
}

/** The same of a way to sign in. @param grantTypes that are served */
export function warnOfPasswordGrant(grantTypes: readonly string[], log: Log): void {
  if (!grantTypes.includes(passwordGrant)) return;
  log.warn(
    { setting: 'oauth2.passwordConnector' },
    "the password grant is served: applications see people's passwords (RFC 9700 §2.4 advises against it)",
  );
}

const isOpenToAll = (registration: RegistrationConfig | undefined) =>
  registration !== undefined && registration.initialAccessToken === undefined;

/** The same of who may become a client. @param before what was in force */
export function warnOfOpenRegistration(
  before: RegistrationConfig | undefined,
  registration: RegistrationConfig | undefined,
  log: Log,
): void {
  if (isOpenToAll(before) || !isOpenToAll(registration)) return;
  log.warn(
    { setting: 'oauth2.dynamicClientRegistration.open' },
    'everybody who reaches this server may register a client, and ask people to sign in to it',
  );
}
