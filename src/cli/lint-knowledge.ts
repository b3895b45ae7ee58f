import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Config, loadConfig } from '../config/index.ts';
import {
  AuthenticationConfigurationError,
  type JWTAuthenticator,
  parseAuthenticationConfiguration,
} from '../gateway/index.ts';
import { type LintOptions, rolesUsedIn } from '../rbac/index.ts';
import { auditLogOption, readAuditLogs } from './audit-log.ts';
import { type CommandHost, type CommandOption, type CommandValues, UsageError } from './command.ts';
import { listValue, textValue } from './command-values.ts';

export const lintKnowledgeOptions: Readonly<Record<string, CommandOption>> = {
  config: {
    type: 'string',
    short: 'c',
    value: 'FILE',
    description:
      "Sallyport's configuration: its issuers, prefixes and groups tell more rules what to look for",
  },
  'audit-log': {
    ...auditLogOption,
    description: 'Also report roles that nothing in this audit log came through',
  },
};

/** What lint can't see in the policy, as far as the flags tell it. */
export async function lintKnowledge(values: CommandValues, host: CommandHost): Promise<LintOptions> {
  const file = textValue(values, 'config');
  const logs = listValue(values, 'audit-log');
  const config =
    file === undefined ? undefined : await loadConfig(file, { dataDir: resolve('data'), env: host.env });
  return {
    ...(config && (await knowledgeOf(config))),
    ...(logs.length === 0 ? {} : { usedRoles: rolesUsedIn(await readAuditLogs(logs)) }),
  };
}

async function knowledgeOf(config: Config): Promise<LintOptions> {
  const file = config.gateway?.authenticationConfig;
  if (file === undefined) throw new UsageError(`${config.file} has no gateway section`);
  const jwt = await authenticatorsOf(file);
  const mappings = jwt.flatMap(({ issuer, claimMappings: { groups } }) =>
    // What an expression makes of the claims is not known beforehand.
    groups === undefined || !('prefix' in groups)
      ? []
      : [{ prefix: groups.prefix, isOwn: issuer.url === config.issuer }],
  );
  // The groups of other issuers are theirs to know.
  const knownGroups = mappings.every(({ isOwn }) => isOwn)
    ? mappings.flatMap(({ prefix }) =>
        config.passwords.flatMap(({ groups }) => groups.map((group) => `${prefix}${group}`)),
      )
    : undefined;
  return { issuers: mappings.map(({ prefix }) => ({ prefix })), knownGroups };
}

async function authenticatorsOf(file: string): Promise<readonly JWTAuthenticator[]> {
  try {
    return parseAuthenticationConfiguration(await readFile(file, 'utf8'), file).jwt;
  } catch (error) {
    if (error instanceof AuthenticationConfigurationError) throw new UsageError(error.message);
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`);
  }
}
