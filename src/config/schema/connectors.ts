import { z } from 'zod';

/** What Dex signs people in by (dexidp/dex server/connector.go), with what to do instead here. */
const DEX_TYPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'atlassian-crowd',
      'authproxy',
      'bitbucket-cloud',
      'gitea',
      'github',
      'gitlab',
      'google',
      'keystone',
      'ldap',
      'linkedin',
      'microsoft',
      'oauth',
      'oidc',
      'openshift',
      'saml',
      'samlExperimental',
    ].map((type) => [type, 'list the accounts in staticPasswords, and remove this entry']),
  ),
  mockCallback: 'it signs everybody in; list a test account in staticPasswords, and remove this entry',
  mockPassword: 'list the test account in staticPasswords, and remove this entry',
};

/** One line for each connector: what stands in it is of no interest when nobody can sign in by it. */
const connector = z
  .looseObject({
    type: z.string().describe("Dex's type; none is served by this version."),
    id: z.string().optional().describe('Names the entry in the refusal.'),
  })
  .superRefine(({ type, id = '' }, context) => {
    const remedy = Object.hasOwn(DEX_TYPES, type) ? DEX_TYPES[type] : undefined;
    context.addIssue({
      code: 'custom',
      path: ['type'],
      message:
        remedy === undefined
          ? `unknown connector type "${type}"; remove this entry`
          : `connector ${JSON.stringify(id)}: type ${type} is not served by this version: ${remedy}`,
    });
  });

/** The only source of accounts, which `enablePasswordDB` switches on; Dex's id for it. */
export const localConnector = 'local';

export const connectors = z
  .array(connector)
  .default([])
  .describe(
    'Accepted for Dex files when empty: people sign in with the accounts of this product (`enablePasswordDB`), which is the connector `local`. Each entry is refused with a line of its own.',
  );
