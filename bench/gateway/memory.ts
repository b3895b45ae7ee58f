import { readFileSync } from 'node:fs';

/** Resident memory of a process. Source: proc(5), VmRSS of /proc/PID/status. */
export function residentKiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
