import { connectionOf, createApiClient, readKubeconfigContext } from '../../kubeconfig/index.ts';
import type { CommandHost, CommandOption, CommandValues } from '../command.ts';
import { textValue } from '../command-values.ts';
import { outputOptions } from '../output/index.ts';
import { serverOptions } from '../policy-source/index.ts';
import { type AdminClient, createAdminClient } from './admin-client.ts';

/** The flags that every one of these commands has. */
export const adminOptions: Readonly<Record<string, CommandOption>> = {
  ...outputOptions({ formats: ['name'] }),
  ...serverOptions,
  kubeconfig: {
    ...serverOptions.kubeconfig,
    description: 'The gateway of this kubeconfig (default: $KUBECONFIG, ~/.kube/config)',
  },
};

/** Opens the way to the gateway that the flags choose, and closes it when the work is done or has failed. */
export async function usingAdmin(
  values: CommandValues,
  host: CommandHost,
  timeoutMs: number | undefined,
  work: (admin: AdminClient) => Promise<void>,
): Promise<void> {
  const { env, stderr, stdin } = host;
  const chosen = await readKubeconfigContext({
    file: textValue(values, 'kubeconfig'),
    context: textValue(values, 'context'),
    env,
  });
  const connection = await connectionOf(chosen, { env, stderr, interactive: stdin.isTTY === true });
  const server = createApiClient(connection, timeoutMs);
  try {
    await work(createAdminClient(server, chosen));
  } finally {
    await server.close();
  }
}
