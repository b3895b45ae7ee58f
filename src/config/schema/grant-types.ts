import { z } from 'zod';

const GRANT_TYPES = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'password',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
] as const;

export type GrantType = (typeof GRANT_TYPES)[number];

/** Served unless the file says otherwise. */
const USUAL: readonly GrantType[] = GRANT_TYPES.filter(
  (type) => type !== 'client_credentials' && type !== 'password',
);

/** What `oauth2` has served. Naming a `passwordConnector` is enough, as in Dex, unless all are listed. */
export function servedGrantTypes({
  grantTypes: listed,
  passwordConnector,
}: {
  readonly grantTypes?: readonly GrantType[] | undefined;
  readonly passwordConnector?: string | undefined;
}): readonly GrantType[] {
  return listed ?? (passwordConnector === undefined ? USUAL : [...USUAL, 'password']);
}

export const grantTypes = z
  .array(
    z.enum(
      GRANT_TYPES,
      `expected ${GRANT_TYPES.join(', ')}; implicit is not served: authorization_code stands in for it`,
    ),
  )
  .min(1, 'expected at least one');

interface Client {
  readonly public: boolean;
  readonly redirectURIs: readonly string[];
  readonly clientCredentialsClaims?: unknown;
  readonly grantTypes?: readonly GrantType[] | undefined;
}

export interface GrantProblem {
  /** Below the client. */
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Where a client and the grant types that are served do not fit each other. */
export function grantProblems(client: Client, served: readonly GrantType[]): readonly GrantProblem[] {
  const wanted = client.grantTypes ?? [];
  const unserved = wanted.flatMap((type, index) =>
    served.includes(type)
      ? []
      : [
          {
            path: ['grantTypes', index],
            message: `${type} is not served: add it to oauth2.grantTypes, or remove it here`,
          },
        ],
  );
  const forItself = wanted.indexOf('client_credentials');
  return [
    ...unserved,
    ...(client.public && forItself !== -1
      ? [
          {
            path: ['grantTypes', forItself],
            message: 'client_credentials is for a client with a secret: remove it, or public: true',
          },
        ]
      : []),
    ...(signsPeopleIn(client, served) && !client.public && client.redirectURIs.length === 0
      ? [{ path: ['redirectURIs'], message: 'expected at least one of redirectURIs' }]
      : []),
  ];
}

function signsPeopleIn(client: Client, served: readonly GrantType[]): boolean {
  if (client.grantTypes !== undefined) return client.grantTypes.includes('authorization_code');
  return served.includes('authorization_code') && client.clientCredentialsClaims === undefined;
}
