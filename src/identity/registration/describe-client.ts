import { readManagedClient } from '../../config/index.ts';
import { AccountError } from '../accounts/account-error.ts';
import { ClientPolicyError, createClientPolicy } from '../claims/client-policy.ts';
import { readRegistration } from './read-registration.ts';
import type { ClientTerms, RegisteredClient, Registration } from './registered-client.ts';
import { RegistrationError } from './registration-error.ts';

export interface DescribedClient extends Registration {
  readonly terms: ClientTerms;
}

export interface DescribeClientDeps {
  /** The grant types that are served now. */
  grantTypes(): readonly string[];
  /** Ids of the authenticators that a chain may name. */
  authenticators(): readonly string[];
  /** Ids of connectors that a client may let in, that of this server's accounts among them. */
  connectors(): readonly string[];
}

/** What an operator calls what RFC 7591 calls otherwise. */
const fields: Readonly<Record<string, string>> = {
  client_name: 'name',
  redirect_uris: 'redirectURIs',
  post_logout_redirect_uris: 'postLogoutRedirectURIs',
  grant_types: 'grantTypes',
};

/**
 * Reads what an operator says of a client: as the configuration file is read, and as applications are that register
 * themselves.
 * @throws AccountError `invalid`, with all that is wrong
 */
export function describeClient(spec: unknown, deps: DescribeClientDeps): DescribedClient {
  const served = deps.grantTypes();
  const read = readManagedClient(spec, {
    served,
    authenticators: deps.authenticators(),
    connectors: deps.connectors(),
  });
  if ('faults' in read) throw invalidFields(read.faults);
  const {
    name,
    public: isPublic,
    redirectURIs,
    postLogoutRedirectURIs,
    grantTypes,
    jwks,
    ...terms
  } = read.client;
  const own = isPublic ? 'none' : jwks === undefined ? 'client_secret_basic' : 'private_key_jwt';
  const registration = {
    client_name: name,
    token_endpoint_auth_method: own,
    redirect_uris: redirectURIs,
    post_logout_redirect_uris: postLogoutRedirectURIs,
    grant_types: grantTypes,
    jwks,
  };
  try {
    createClientPolicy(terms);
    return { ...readRegistration(registration, { served, vouchedFor: true }), terms };
  } catch (error) {
    if (error instanceof ClientPolicyError) throw invalidFields([{ path: '', message: error.message }]);
    if (!(error instanceof RegistrationError)) throw error;
    const path = error.member === undefined ? '' : (fields[error.member] ?? '');
    throw invalidFields([{ path, message: error.message }]);
  }
}

/** What an operator has said of a client, key by key. */
export function descriptionOf(client: RegisteredClient | undefined): Readonly<Record<string, unknown>> {
  if (client === undefined) return {};
  const { name, authMethod, redirectURIs, postLogoutRedirectURIs, grantTypes, jwks, terms } = client;
  const isPublic = authMethod === 'none';
  return { name, public: isPublic, redirectURIs, postLogoutRedirectURIs, grantTypes, jwks, ...terms };
}

function invalidFields(faults: readonly { readonly path: string; readonly message: string }[]): AccountError {
  const named = faults.map(({ path, message }) => ({ field: path === '' ? undefined : path, message }));
  const text = named.map(({ field, message }) => (field === undefined ? message : `${field}: ${message}`));
  return new AccountError('invalid', text.join('; '), { faults: named });
}
