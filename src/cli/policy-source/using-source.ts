import type { CommandHost, CommandValues } from '../command.ts';
import { openPolicySource, sourceChoice } from './open-policy-source.ts';
import type { PolicySource } from './policy-source.ts';

/** Opens what the flags choose, and closes it when the work is done or has failed. */
export async function usingSource<T>(
  values: CommandValues,
  host: CommandHost,
  work: (source: PolicySource) => Promise<T>,
): Promise<T> {
  const source = await openPolicySource(sourceChoice(values), host);
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}
