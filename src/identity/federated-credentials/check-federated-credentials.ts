import { importVerificationKeys } from '../../jwt/index.ts';
import { type FederatedClient, type FederatedCredential, federatedKey } from './federated-credential.ts';

/**
 * Looks at the federated credentials of all clients together.
 * @param issuer ours
 * @returns what is wrong with them; undefined when nothing is
 */
export function federatedCredentialProblem(
  clients: readonly FederatedClient[],
  issuer: string,
): string | undefined {
  const owners = new Map<string, string>();
  for (const { id, federatedCredentials = [] } of clients) {
    for (const credential of federatedCredentials) {
      const problem = problemOf(credential, issuer);
      if (problem !== undefined) return `client ${id}: ${problem}`;
      const key = federatedKey(credential.issuer, credential.subject);
      const owner = owners.get(key);
      if (owner !== undefined)
        return `${credential.subject} of ${credential.issuer} would be both client ${owner} and client ${id}`;
      owners.set(key, id);
    }
  }
  return undefined;
}

function problemOf(credential: FederatedCredential, issuer: string): string | undefined {
  // A token that was made here for somebody would be a client's key.
  if (credential.issuer === issuer) return 'a federated credential is of another issuer than this one';
  if (credential.jwks !== undefined && importVerificationKeys(credential.jwks).length === 0)
    return `the keys of ${credential.issuer} hold none that could verify a token (RSA of 2048 bits or more, or P-256, P-384, P-521)`;
  return undefined;
}
