import { setTimeout as delay } from 'node:timers/promises';
import { CommandError, type CommandHost } from '../command.ts';
import type { AdminClient, AdminObject, Resource } from './admin-client.ts';

const LOOK_EVERY_MS = 1_000;

/**
 * Looks until somebody has decided and what was asked for is there.
 * @throws CommandError when it was not given
 */
export async function waitForDecision(
  admin: AdminClient,
  resource: Resource,
  name: string,
  { stderr }: Pick<CommandHost, 'stderr'>,
): Promise<AdminObject> {
  stderr.write('waiting for somebody to decide\n');
  for (;;) {
    const request = await admin.find(resource, name);
    if (request === undefined) throw new CommandError('the request was deleted');
    const { phase, decision } = (request.status ?? {}) as {
      phase?: string;
      decision?: { by?: string; message?: string };
    };
    if (phase === 'Active') return request;
    if (phase === 'Denied') {
      const { by = '', message = '' } = decision ?? {};
      throw new CommandError(`${by} has denied it${message === '' ? '' : `: ${message}`}`);
    }
    if (phase !== 'Pending' && phase !== 'Approved') throw new CommandError(`the request is ${phase}`);
    await delay(LOOK_EVERY_MS);
  }
}
