import { connectionOf, createApiClient, readKubeconfigContext } from '../../kubeconfig/index.ts';
import { type CommandHost, type CommandValues, UsageError } from '../command.ts';
import { listValue, switchValue, textValue } from '../command-values.ts';
import { printable } from '../output/index.ts';
import { discoverResources } from './discover-resources.ts';
import { gatewayManifests } from './gateway-manifests.ts';
import { listPolicy } from './list-policy.ts';
import type { PolicySource, SourcedObject } from './policy-source.ts';
import { defaultsBeside, readManifestObjects } from './read-manifest-objects.ts';
import { standardResources } from './standard-resources.ts';

export interface SourceChoice {
  /** Manifests: asked alone, or beside the server when a kubeconfig or a context is chosen, too. */
  readonly files: readonly string[];
  readonly recursive: boolean;
  readonly defaults: boolean;
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

/** The choice that the flags make. `flag`: which one has the manifests. */
export function sourceChoice(values: CommandValues, flag = 'filename'): SourceChoice {
  return {
    files: listValue(values, flag),
    recursive: switchValue(values, 'recursive'),
    defaults: !switchValue(values, 'no-defaults'),
    kubeconfig: textValue(values, 'kubeconfig'),
    context: textValue(values, 'context'),
  };
}

/** Manifests alone are asked offline; without them, or with a kubeconfig chosen, the server is asked. */
export async function openPolicySource(choice: SourceChoice, host: CommandHost): Promise<PolicySource> {
  const live = choice.files.length === 0 || choice.kubeconfig !== undefined || choice.context !== undefined;
  if (live && !choice.defaults) {
    throw new UsageError('--no-defaults goes with -f alone: a server has its own roles');
  }
  return live ? openServer(choice, host) : openManifests(choice, host);
}

function openManifests(choice: SourceChoice, host: CommandHost): PolicySource {
  return {
    server: undefined,
    namespace: 'default',
    resourceTypes: async () => standardResources,
    async objects() {
      const objects = await manifests(choice, host);
      return choice.defaults ? [...objects, ...defaultsBeside(objects)] : objects;
    },
    close: async () => {},
  };
}

async function openServer(choice: SourceChoice, host: CommandHost): Promise<PolicySource> {
  const { kubeconfig: file, context: name } = choice;
  const context = await readKubeconfigContext({ file, context: name, env: host.env });
  const { env, stderr } = host;
  const connection = await connectionOf(context, { env, stderr, interactive: process.stdin.isTTY === true });
  const server = createApiClient(connection);
  return {
    server,
    namespace: context.namespace ?? 'default',
    async resourceTypes() {
      const found = await discoverResources(server);
      if (found === undefined) {
        warn(host, 'the server has no aggregated discovery: names are those of a standard cluster');
      }
      return found ?? standardResources;
    },
    async objects() {
      const [own, listed, ofGateway] = await Promise.all([
        manifests(choice, host),
        listPolicy(server),
        gatewayManifests(server),
      ]);
      return [
        ...own,
        ...listed.map((object): SourcedObject => ({ object, source: 'cluster' })),
        ...ofGateway.map((object): SourcedObject => ({ object, source: 'gateway' })),
      ];
    },
    close: () => server.close(),
  };
}

function manifests({ files, recursive }: SourceChoice, host: CommandHost): Promise<SourcedObject[]> {
  return readManifestObjects({ paths: files, recursive, warn: (message) => warn(host, message) });
}

/** As kubectl warns. */
export function warn(host: Pick<CommandHost, 'stderr'>, message: string): void {
  host.stderr.write(`Warning: ${printable(message)}\n`);
}
