import { readFileSync } from 'node:fs';

/** User and system time of processes, in seconds. Source: proc(5), fields 14 and 15 of /proc/PID/stat, 100 ticks a second. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return sum + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);
}
