import { issuer } from '../service-accounts/index.ts';
import type { HandlerContext } from './handler-context.ts';

/** What others need to verify a token of a service account. */
export interface IssuerDocument {
  readonly contentType: string;
  readonly body: string;
}

const jwksPath = '/openid/v1/jwks';

/**
 * The metadata of the issuer of service accounts' tokens, and its keys; undefined for another path. Who may read them is
 * RBAC's: by default all service accounts (ClusterRole system:service-account-issuer-discovery).
 * Source: Kubernetes pkg/serviceaccount/openidmetadata.go. The keys are where OpenID Connect Discovery looks, below the issuer.
 */
export async function issuerDocument(
  { tokens }: HandlerContext,
  path: string,
): Promise<IssuerDocument | undefined> {
  if (path === '/.well-known/openid-configuration') {
    const body = JSON.stringify({
      issuer,
      jwks_uri: `${issuer}${jwksPath}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    });
    return { contentType: 'application/json', body };
  }
  if (path !== jwksPath) return undefined;
  const keys = [await tokens.verificationKey()];
  return { contentType: 'application/jwk-set+json', body: JSON.stringify({ keys }) };
}
