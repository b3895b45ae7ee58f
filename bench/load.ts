import { readFileSync } from 'node:fs';
import { Pool } from 'undici';

export interface Load {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly certificateAuthority: string;
  readonly connections: number;
  readonly requests: number;
  /** The process whose CPU time is counted. */
  readonly pid: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** CPU seconds of the tested process for 10 000 requests: steadier than a rate on a shared machine. */
  readonly cpuPer10k: number;
}

/** A closed loop over keep-alive connections: each asks, waits for the whole answer, asks again. Bounded in count. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const pool = new Pool(load.origin, {
    connections: load.connections,
    pipelining: 1,
    allowH2: false,
    connect: { ca: load.certificateAuthority },
  });
  let left = load.requests;
  const ask = async () => {
    while (left-- > 0) {
      const { statusCode, body } = await pool.request({
        path: load.path,
        method: 'GET',
        headers: load.headers,
      });
      if (statusCode !== 200) throw new Error(`unexpected status ${statusCode}: ${await body.text()}`);
      await body.dump();
    }
  };
  const cpuBefore = cpuSeconds(load.pid);
  const before = performance.now();
  await Promise.all(Array.from({ length: load.connections }, ask));
  const seconds = (performance.now() - before) / 1000;
  const cpu = cpuSeconds(load.pid) - cpuBefore;
  await pool.close();
  return { requestsPerSecond: load.requests / seconds, cpuPer10k: (cpu / load.requests) * 10_000 };
}

/** User and system time of a process, in seconds. Source: proc(5), fields 14 and 15 of /proc/PID/stat, 100 ticks a second. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
