import { z } from 'zod';
import { oidcConnectorConfig } from './oidc-connector.ts';
import { notServed, type Refuse } from './values.ts';

/** What Dex signs people in by (dexidp/dex server/connector.go) and this product does not, with what to do instead. */
const DEX_TYPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'atlassian-crowd',
      'authproxy',
      'bitbucket-cloud',
      'gitea',
      'github',
      'keystone',
      'ldap',
      'linkedin',
      'oauth',
      'openshift',
      'saml',
      'samlExperimental',
    ].map((type) => [type, 'list the accounts in staticPasswords, and remove this entry']),
  ),
  ...Object.fromEntries(
    ['gitlab', 'google', 'microsoft'].map((type) => [
      type,
      'it speaks OpenID Connect: use type oidc with its issuer, or list the accounts in staticPasswords',
    ]),
  ),
  mockCallback: 'it signs everybody in; list a test account in staticPasswords, and remove this entry',
  mockPassword: 'list the test account in staticPasswords, and remove this entry',
};

/** One line for an entry whose type is not served: what else stands in it is of no interest then. */
function refuseOthers(entry: unknown, context: z.RefinementCtx): unknown {
  const { type, id } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
  if (typeof type !== 'string' || type === 'oidc') return entry;
  const remedy = Object.hasOwn(DEX_TYPES, type) ? DEX_TYPES[type] : undefined;
  context.addIssue({
    code: 'custom',
    path: ['type'],
    message:
      remedy === undefined
        ? `unknown connector type "${type}"; use type oidc, or remove this entry`
        : `connector ${JSON.stringify(id ?? '')}: type ${type} is not served by this version: ${remedy}`,
  });
  return z.NEVER;
}

/** What it can be called in an address, a cookie and a metric. */
const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'expected letters, digits, and . _ - between them, at most 63')
  .describe(
    'Names it in `connector_id`, `federated_claims`, `sub` and `allowedConnectors`. Never change it: people would be others.',
  );

const connector = z.preprocess(
  refuseOthers,
  z.strictObject({
    type: z.literal('oidc', 'expected oidc').describe('`oidc`: an OpenID Connect provider elsewhere.'),
    id,
    name: z.string().min(1).max(100).describe('What its button says.'),
    config: oidcConnectorConfig,
    grantTypes: notServed(
      "say what a client may get tokens by, in staticClients' grantTypes; remove the key",
    ).optional(),
  }),
);

/** Dex's id for the accounts of this product, which `enablePasswordDB` switches on. */
export const localConnector = 'local';

export const connectors = z
  .array(connector)
  .default([])
  .describe(
    'Where people can sign in elsewhere, as in Dex. With more than one source (`enablePasswordDB` is the source `local`) they choose.',
  );

interface Sources {
  readonly issuer: string;
  readonly connectors: readonly {
    readonly id: string;
    readonly config: { readonly redirectURI?: string | undefined };
  }[];
  readonly staticClients: readonly { readonly allowedConnectors: readonly string[] }[];
}

/** What connectors are to each other, to the issuer and to clients. */
export function checkConnectors({ issuer, connectors: all, staticClients }: Sources, refuse: Refuse): void {
  const ids = new Set([localConnector]);
  const addresses = new Map<string, string>();
  const base = issuer.replace(/\/$/, '');
  for (const [index, { id: own, config }] of all.entries()) {
    const at = ['connectors', index];
    if (own === localConnector)
      refuse([...at, 'id'], `${own} is what the accounts of this server are called: choose another id`);
    else if (ids.has(own)) refuse([...at, 'id'], `another connector has the id ${own}: choose another one`);
    ids.add(own);
    const usual = `${base}/callback/${own}`;
    const address = config.redirectURI ?? usual;
    const other = addresses.get(address);
    addresses.set(address, own);
    if (address !== usual && address !== `${base}/callback`)
      refuse(
        [...at, 'config', 'redirectURI'],
        `expected ${usual} or ${base}/callback, and the same at the provider`,
      );
    else if (other !== undefined)
      refuse(
        [...at, 'config', 'redirectURI'],
        `the connector ${other} has the same, so that answers of one could pass for the other's (RFC 9700 §4.4): use ${usual} here and at the provider`,
      );
  }
  for (const [index, { allowedConnectors }] of staticClients.entries())
    checkAllowed(allowedConnectors, ids, (path, message) =>
      refuse(['staticClients', index, 'allowedConnectors', ...path], message),
    );
}

/** Those that a client lets in are there. */
export function checkAllowed(
  allowed: readonly string[],
  ids: ReadonlySet<string>,
  refuse: (path: readonly [number], message: string) => void,
): void {
  const there = `there ${ids.size === 1 ? 'is only' : 'are'} ${[...ids].join(', ')}`;
  for (const [place, name] of allowed.entries())
    if (!ids.has(name)) refuse([place], `there is no such connector; ${there}`);
}
