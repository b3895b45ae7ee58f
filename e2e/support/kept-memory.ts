import { readFileSync } from 'node:fs';

/** How often an act may make a process grow for another reason than its own: V8 enlarges its nursery a few times in a process's life. */
const TRIES = 5;

/** The resident memory of a process, in MiB. */
export function residentMemory(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/**
 * What a process keeps of an act, in MiB: the growth of its resident memory by the act, which is done again as long as that
 * is not less than `most`. What is kept for each act grows each time; what grows once is the process's own.
 */
export async function keptMemory(
  pid: number | undefined,
  most: number,
  act: () => Promise<void>,
): Promise<number> {
  let grown = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < TRIES && grown >= most; tries += 1) {
    const before = residentMemory(pid);
    await act();
    grown = residentMemory(pid) - before;
  }
  return grown;
}
