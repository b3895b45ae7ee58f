import { readFileSync } from 'node:fs';

/** Resident memory of a process. Source: proc(5), VmRSS of /proc/PID/status. */
export function residentKiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** Memory that has stopped to move: within one percent of what it was a look before. */
export async function settledKiB(pid: number): Promise<number> {
  let last = residentKiB(pid);
  for (let looks = 0; looks < 20; looks++) {
    await new Promise((done) => setTimeout(done, 500));
    const now = residentKiB(pid);
    if (Math.abs(now - last) < last / 100) return now;
    last = now;
  }
  return last;
}
