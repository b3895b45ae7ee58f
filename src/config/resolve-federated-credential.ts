import type { FederatedCredential } from './schema/federated-credential.ts';
import { publicKeys } from './schema/public-keys.ts';
import type { SecretResolver } from './secret-resolver.ts';

export interface ResolvedFederatedCredential extends Omit<FederatedCredential, 'jwksFile'> {
  readonly jwks?: { readonly keys: readonly { readonly kty: string }[] };
}

/** Reads the keys that a federated credential names by file. What is wrong with them is collected as a fault. */
export function resolveFederatedCredential(
  { jwksFile, ...credential }: FederatedCredential,
  at: readonly PropertyKey[],
  files: SecretResolver,
): ResolvedFederatedCredential {
  if (jwksFile === undefined) return credential;
  const path = [...at, 'jwksFile'];
  const text = files.fromFile(jwksFile, path);
  // What is missing was said before.
  if (text === '') return credential;
  const read = publicKeys.safeParse(parse(text));
  if (read.success) return { ...credential, jwks: read.data };
  const [issue] = read.error.issues;
  files.refuse(
    path,
    `${jwksFile}: expected a JWK set such as kubectl get --raw /openid/v1/jwks prints; ${issue?.message ?? ''}`,
  );
  return credential;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
