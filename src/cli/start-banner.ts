import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config/index.ts';
import { packageRoot } from '../package-root.ts';
import type { RunningServer } from './command.ts';
import { defaultConfigFile } from './config-option.ts';

export interface BannerFacts {
  readonly config: Config;
  /** As the operator would type it. */
  readonly dataDir: string;
  readonly server: RunningServer;
}

/** What is there, who can sign in, what to type next. Passwords are only named for the demo's accounts. */
export function renderBanner({ config, dataDir, server }: BannerFacts): string {
  const target = server.gatewayUrl === undefined ? undefined : describeTarget(config);
  const places = [
    ['Identity provider', server.issuerUrl],
    ...(server.gatewayUrl === undefined ? [] : [['Gateway', `${server.gatewayUrl}  (${target})`]]),
    ['Data', dataDir],
  ].map(([name = '', value = '']) => `  ${name.padEnd(18)} ${value}`);
  return `Sallyport is ready (${(server.startupMs / 1000).toFixed(1)} s)

${places.join('\n')}
${renderAccounts(server)}${server.gatewayUrl === undefined ? '' : renderNext(config, dataDir)}
`;
}

function describeTarget(config: Config): string {
  const target = config.gateway?.target;
  if (target === undefined || target === 'embedded') return 'embedded Kubernetes API';
  return `in front of ${'kubeconfig' in target ? `the API server of ${target.kubeconfig}` : target.server}`;
}

function renderAccounts(server: RunningServer): string {
  if (server.demoAccounts.length === 0) return '';
  const rows = server.demoAccounts.map(
    ({ email, preferredUsername, groups }) =>
      `  ${email.padEnd(20)} or ${(preferredUsername ?? '').padEnd(8)} ${groups.length > 0 ? `group ${groups.join(', ')}` : 'no group'}`,
  );
  return `\nDemo accounts, all with the password "password":\n${rows.join('\n')}\n`;
}

function renderNext(config: Config, dataDir: string): string {
  const flags = [
    ...(config.file === defaultConfigFile() ? [] : [`--config ${config.file}`]),
    ...(dataDir === 'data' ? [] : [`--data ${dataDir}`]),
  ];
  return `
Next, in another terminal in this folder:
  export PATH="${binPath()}:$PATH" KUBECONFIG="$PWD/sallyport.kubeconfig"
  ${['sallyport kubeconfig', ...flags].join(' ')} > "$KUBECONFIG"
  kubectl sallyport login
`;
}

const ROOT = fileURLToPath(packageRoot);

/** The commands' folder, from where the operator stands. */
function binPath(): string {
  return resolve(ROOT) === process.cwd() ? '$PWD/bin' : resolve(ROOT, 'bin');
}
