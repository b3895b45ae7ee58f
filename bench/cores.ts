import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** What is measured has a core to itself, where there are two: the load and all that it needs are on the other. */
export function onOtherCore(): string[] {
  return pinned ? ['taskset', '-c', '1'] : [];
}

/** On whichever core is free, this process's own included. */
export function onAnyCore(): string[] {
  return pinned ? ['taskset', '-c', `0-${availableParallelism() - 1}`] : [];
}

const pinned = pinThisProcess();

function pinThisProcess(): boolean {
  if (availableParallelism() < 2) return false;
  try {
    execFileSync('taskset', ['-a', '-p', '-c', '0', String(process.pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
