import type { RegistrationConfig } from './config.ts';
import { INITIAL_ACCESS_TOKEN, INITIAL_ACCESS_TOKEN_EXPECTED } from './schema/dynamic-registration.ts';
import type { ConfigFile } from './schema/index.ts';
import type { SecretResolver } from './secret-resolver.ts';

type Registration = NonNullable<ConfigFile['oauth2']['dynamicClientRegistration']>;

const PATH = ['oauth2', 'dynamicClientRegistration'];

/** With the initial access token in it, wherever the file says that it is. */
export function resolveRegistration(registration: Registration, secrets: SecretResolver): RegistrationConfig {
  const { maxClients, unusedFor } = registration;
  return { initialAccessToken: tokenOf(registration, secrets), maxClients, unusedFor };
}

function tokenOf(registration: Registration, secrets: SecretResolver): string | undefined {
  const { initialAccessToken, initialAccessTokenEnv: variable, initialAccessTokenFile: file } = registration;
  if (variable !== undefined) {
    const path = [...PATH, 'initialAccessTokenEnv'];
    return checked(secrets.fromEnv(variable, path), `environment variable ${variable}`, path, secrets);
  }
  if (file === undefined) return initialAccessToken;
  const path = [...PATH, 'initialAccessTokenFile'];
  return checked(secrets.fromFile(file, path), file, path, secrets);
}

/** What is missing was said before. */
function checked(token: string, what: string, path: readonly string[], secrets: SecretResolver): string {
  if (token !== '' && !INITIAL_ACCESS_TOKEN.test(token))
    secrets.refuse(path, `${what}: ${INITIAL_ACCESS_TOKEN_EXPECTED}`);
  return token;
}
