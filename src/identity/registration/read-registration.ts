import { redirectUriProblem } from '../../redirect-uri.ts';
import { isLoopbackRedirectUri } from '../clients/redirect-uri.ts';
import { type AuthMethod, authMethods, type Registration } from './registered-client.ts';
import { RegistrationError } from './registration-error.ts';

/** What they may get tokens by: people who are asked, in a browser. A code that is typed elsewhere shows too little of who asks. */
const grantTypesThere = ['authorization_code', 'refresh_token'];

/** What would have this server send requests where an application wants them, and what to do instead. */
const refusedMembers: Readonly<Record<string, string>> = {
  jwks_uri: 'keys are not fetched: send them as jwks',
  sector_identifier_uri: 'nothing is fetched: the subject is the same for all clients',
  request_uris: 'nothing is fetched: push the request (RFC 9126)',
  backchannel_logout_uri: 'only configured clients are told of sign-outs',
};

const mostUris = 10;
const longestUri = 1000;
const longestName = 100;

type Document = Readonly<Record<string, unknown>>;

const invalid = (message: string, member?: string) =>
  new RegistrationError('invalid_client_metadata', message, member);

export interface RegistrationRules {
  /** The grant types that this server has. */
  readonly served: readonly string[];
  /** An operator vouches for it: it may get tokens by whatever is served, and need not sign people in. Default: false. */
  readonly vouchedFor?: boolean;
}

/**
 * Reads what an application says of itself (RFC 7591 §2). What is not understood here is passed over, as that has it.
 * @throws RegistrationError
 */
export function readRegistration(body: unknown, rules: RegistrationRules): Registration {
  const { vouchedFor = false } = rules;
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid('the request must be a JSON object');
  const given = body as Document;
  for (const [member, why] of Object.entries(refusedMembers))
    if (Object.hasOwn(given, member)) throw invalid(`${member}: ${why}`);
  const authMethod = readAuthMethod(given['token_endpoint_auth_method']);
  if ((given['subject_type'] ?? 'public') !== 'public') throw invalid('subject_type must be public');
  const responseTypes = given['response_types'] ?? ['code'];
  if (!Array.isArray(responseTypes) || responseTypes.some((type) => type !== 'code'))
    throw invalid('response_types must be ["code"]');
  const grantTypes = readGrantTypes(given['grant_types'], rules);
  return {
    name: readName(given['client_name']),
    authMethod,
    grantTypes,
    redirectURIs: readRedirectUris(given, grantTypes, vouchedFor && authMethod === 'none'),
    postLogoutRedirectURIs: readUris(given, 'post_logout_redirect_uris'),
    ...(authMethod === 'private_key_jwt' ? { jwks: readKeys(given['jwks']) } : {}),
  };
}

function readAuthMethod(value: unknown = 'client_secret_basic'): AuthMethod {
  const known = authMethods.find((method) => method === value);
  if (known === undefined)
    throw invalid(`token_endpoint_auth_method must be one of ${authMethods.join(', ')}`);
  return known;
}

function readGrantTypes(
  value: unknown = ['authorization_code'],
  { served, vouchedFor = false }: RegistrationRules,
): string[] {
  const member = 'grant_types';
  const there = vouchedFor ? served : grantTypesThere.filter((type) => served.includes(type));
  if (!Array.isArray(value) || value.length === 0 || value.some((type) => !there.includes(type)))
    throw invalid(`${member} must be among ${there.join(', ')}`, member);
  if (!vouchedFor && !value.includes('authorization_code'))
    throw invalid(`${member} must have authorization_code`, member);
  return there.filter((type) => value.includes(type));
}

/** People see it: it is one line, and nothing in it moves what stands beside it. */
function readName(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const member = 'client_name';
  if (typeof value !== 'string' || value.trim() === '' || value.length > longestName)
    throw invalid(`${member} must be a text of at most ${longestName} characters`, member);
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value))
    throw invalid(`${member} has characters that cannot be seen`, member);
  return value.trim();
}

function readUris(given: Document, member: string): string[] {
  const value = given[member] ?? [];
  const refuse = (why: string) => new RegistrationError('invalid_redirect_uri', `${member} ${why}`, member);
  if (!Array.isArray(value) || value.length > mostUris) throw refuse(`must be a list of at most ${mostUris}`);
  return [...new Set(value)].map((uri) => {
    if (typeof uri !== 'string' || uri.length > longestUri)
      throw refuse(`must be texts of at most ${longestUri} characters`);
    const problem = redirectUriProblem(uri) ?? transportProblem(uri);
    if (problem !== undefined) throw refuse(`${problem}: ${uri}`);
    return uri;
  });
}

/** What is only warned of in a configuration, whose author may know better. */
function transportProblem(uri: string): string | undefined {
  const { protocol } = new URL(uri);
  if (protocol === 'https:' || isLoopbackRedirectUri(uri)) return undefined;
  if (protocol === 'http:') return 'is http, and not of the person’s own machine';
  // RFC 8252 §7.1: only a reversed domain name can be anybody's own.
  return protocol.includes('.') ? undefined : 'has a scheme that is not a reversed domain name';
}

/**
 * Only who signs nobody in needs none.
 * @param anyLoopback so does an app on the person's own machine
 */
function readRedirectUris(
  given: Document,
  grantTypes: readonly string[],
  anyLoopback: boolean,
): readonly string[] {
  const member = 'redirect_uris';
  const uris = readUris(given, member);
  if (uris.length === 0 && grantTypes.includes('authorization_code') && !anyLoopback)
    throw new RegistrationError('invalid_redirect_uri', `${member} is missing`, member);
  return uris;
}

function readKeys(value: unknown): NonNullable<Registration['jwks']> {
  const keys: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'keys') : undefined;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > mostUris)
    throw invalid(`private_key_jwt needs jwks, with one to ${mostUris} public keys`);
  return { keys };
}
