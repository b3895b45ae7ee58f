import { resolve } from 'node:path';
import { loadConfig } from '../config/index.ts';
import type { Preview } from '../identity/index.ts';
import { type Command, CommandError, exitCode, UsageError } from './command.ts';
import { textValue } from './command-values.ts';
import { configFile, configOption, dataOption } from './config-option.ts';
import { chooseOutput, outputOptions, type Result, renderResult } from './output/index.ts';

export const claimsCommand: Command = {
  name: 'claims',
  summary: "Show what a client's ID token would say of a user, or why there would be none",
  usage: 'claims --config FILE --client ID --user USER [--scope SCOPES]',
  description: `Nobody signs in and nothing is started: the policy of the client (allowedGroups, claimValidationRules, groupFilter, claimMappings) is applied to
an account of the configuration. Exit code 1 when the sign-in would be refused.`,
  examples: [
    {
      comment: 'What kubectl gets for jane',
      line: 'sallyport claims --config config/demo.yaml --client kubectl --user jane',
    },
  ],
  options: {
    config: configOption,
    data: dataOption,
    client: { type: 'string', value: 'ID', description: 'Id of the client, as in staticClients' },
    user: { type: 'string', value: 'USER', description: 'E-mail address, username or userID' },
    scope: {
      type: 'string',
      value: 'SCOPES',
      default: 'openid email profile groups',
      description: 'Scopes that the client asks for',
    },
    ...outputOptions(),
  },
  async run(values, host) {
    const output = chooseOutput(values);
    const [client, user] = [textValue(values, 'client'), textValue(values, 'user')];
    if (client === undefined || user === undefined) throw new UsageError('--client and --user are needed');
    const file = configFile(values);
    const config = await loadConfig(file, { dataDir: resolve(String(values['data'])), env: host.env });
    const { issuer, clients, passwords, oauth2 } = config;
    const scopes = String(values['scope']).split(' ').filter(Boolean);
    // Not before it is needed: no other command should wait for door 1 to be read.
    const { previewClaims } = await import('../identity/index.ts');
    const preview = previewClaims(
      { issuer, clients, passwords, subjectEncoding: oauth2.subjectEncoding },
      { client, user, scopes },
    );
    if ('unknown' in preview) throw new CommandError(unknownText(preview.unknown, { file, client, user }));
    host.stdout.write(renderResult(resultOf(preview, client, user), output));
    return 'refusal' in preview ? exitCode.failure : exitCode.ok;
  },
};

function unknownText(
  what: 'client' | 'user',
  { file, client, user }: { readonly file: string; readonly client: string; readonly user: string },
): string {
  return what === 'client'
    ? `${file} has no client with the id "${client}"`
    : `${file} has no account "${user}" in staticPasswords; users in the storage are not looked at`;
}

type Answer = Exclude<Preview, { readonly unknown: string }>;

function resultOf(preview: Answer, client: string, user: string): Result {
  if ('refusal' in preview) {
    const why = refusalText(preview);
    return {
      kind: 'ClaimsResult',
      body: { client, user, allowed: false, reason: why },
      human: `refused: ${why}\n`,
    };
  }
  const { claims, origins } = preview;
  return {
    kind: 'ClaimsResult',
    body: { client, user, allowed: true, claims, origins },
    human: {
      columns: [{ header: 'CLAIM' }, { header: 'VALUE' }, { header: 'FROM' }],
      rows: Object.entries(claims).map(([claim, value]) => [
        claim,
        JSON.stringify(value),
        origins[claim] ?? '',
      ]),
    },
  };
}

function refusalText({ refusal }: Extract<Answer, { readonly refusal: unknown }>): string {
  switch (refusal.reason) {
    case 'groups':
      return `the account is in none of the groups that may sign in to ${refusal.client}: ${refusal.allowedGroups.join(', ')}`;
    case 'connector':
      return `people of the connector ${refusal.connector} may not sign in to ${refusal.client}`;
    case 'rule':
      return refusal.problem === undefined
        ? `claimValidationRules[${refusal.rule}] of ${refusal.client} does not hold: ${refusal.message}`
        : `claimValidationRules[${refusal.rule}] of ${refusal.client} cannot be worked out: ${refusal.problem}`;
    case 'audience':
      return `${refusal.client} is not trusted to ask for ${refusal.scope}`;
    case 'expression':
      return `the mapping of the claim ${refusal.claim} has no value: ${refusal.problem}`;
  }
}
