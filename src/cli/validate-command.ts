import { resolve } from 'node:path';
import { type Config, ConfigError, clustersOf, loadConfig, readNamedFile } from '../config/index.ts';
import {
  parseAuditPolicy,
  parseAuthenticationConfiguration,
  readClientAuthorities,
  readManifests,
} from '../gateway/index.ts';
import { type Command, exitCode } from './command.ts';
import { configFile, configOption, dataOption } from './config-option.ts';

export const validateCommand: Command = {
  name: 'validate',
  summary: 'Check a configuration file, and the files that it names, and say where they are wrong',
  usage: 'validate --config FILE',
  examples: [
    { comment: 'Check the demo configuration', line: 'sallyport validate --config config/demo.yaml' },
  ],
  options: { config: configOption, data: dataOption },
  async run(values, host) {
    const file = configFile(values);
    const config = await loadConfig(file, { dataDir: resolve(String(values['data'])), env: host.env });
    // Not before it is needed: no other command should wait for door 1 to be read.
    const { checkIdentity } = await import('../identity/index.ts');
    checkIdentity({ ...config, grantTypes: config.oauth2.grantTypes });
    await checkNamedFiles(config);
    host.stdout.write(`${file} is valid\n`);
    return exitCode.ok;
  },
};

async function checkNamedFiles({ file, web, gateway }: Config): Promise<void> {
  if (web.tlsCert !== undefined) readNamedFile(file, 'web.tlsCert', web.tlsCert);
  if (web.tlsKey !== undefined) readNamedFile(file, 'web.tlsKey', web.tlsKey);
  if (!gateway) return;
  const { audit, clientCA } = gateway;
  if (audit !== undefined) {
    parseAuditPolicy(readNamedFile(file, 'gateway.audit.policyFile', audit.policyFile), audit.policyFile);
  }
  if (clientCA !== undefined) checkAuthorities(file, clientCA);
  for (const { authenticationConfig, rbac, at } of clustersOf(gateway)) {
    const text = readNamedFile(file, `${at}.authenticationConfig`, authenticationConfig);
    parseAuthenticationConfiguration(text, authenticationConfig);
    await readManifests(rbac.manifests);
  }
}

function checkAuthorities(configFile: string, file: string): void {
  const path = 'gateway.clientCA';
  const pem = readNamedFile(configFile, path, file);
  try {
    readClientAuthorities(pem);
  } catch (error) {
    throw new ConfigError([{ file: configFile, path, message: `${file}: ${(error as Error).message}` }]);
  }
}
