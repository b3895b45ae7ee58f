import { findLoadPrograms, runLoad } from './load.ts';
import { residentKiB } from './memory.ts';
import { startGateway } from './start-gateway.ts';
import { startUpstream } from './upstream.ts';

const REQUESTS_A_STEP = 12_000;

export interface SoakRow {
  readonly requests: number;
  readonly rssMiB: number;
}

export interface Soak {
  /** Of the last 200 000 requests. */
  readonly rows: readonly SoakRow[];
  readonly kibPer10k: number;
  /** What was left when all garbage had been collected, before and after 400 000 requests. What grows of this is a leak. */
  readonly leftMiB: readonly [number, number];
}

/**
 * Memory over 200 000 requests, when it has found its size: under this load V8 makes its young generation several times as
 * large as at first. Resident memory still goes up, and down, with garbage of the old generation, which is collected rarely.
 */
export async function measureSoak(): Promise<Soak> {
  await findLoadPrograms();
  const upstream = await startUpstream();
  const gateway = await startGateway(upstream.origin, { tellsMemory: true });
  try {
    const load = {
      origin: gateway.origin,
      path: '/api/v1/namespaces/default/pods/web-0',
      headers: { authorization: `Bearer ${gateway.token}` },
      certificateAuthority: gateway.certificateAuthority,
      connections: 64,
      requests: REQUESTS_A_STEP,
      protocol: 'http/1.1' as const,
      pids: [gateway.pid],
    };
    const run = async (most: number) => {
      const rows: SoakRow[] = [];
      for (let requests = 0; requests < most; ) {
        requests += (await runLoad(load)).requests;
        rows.push({ requests, rssMiB: residentKiB(gateway.pid) / 1024 });
      }
      return rows;
    };
    await run(100_000);
    const before = await gateway.leftMiB();
    await run(200_000);
    const rows = await run(200_000);
    return { rows, kibPer10k: slope(rows) * 1024 * 10_000, leftMiB: [before, await gateway.leftMiB()] };
  } finally {
    await gateway.close();
    upstream.close();
  }
}

/** Least squares. MiB a request. */
function slope(rows: readonly SoakRow[]): number {
  const meanX = rows.reduce((sum, row) => sum + row.requests, 0) / rows.length;
  const meanY = rows.reduce((sum, row) => sum + row.rssMiB, 0) / rows.length;
  const over = rows.reduce((sum, row) => sum + (row.requests - meanX) * (row.rssMiB - meanY), 0);
  const under = rows.reduce((sum, row) => sum + (row.requests - meanX) ** 2, 0);
  return over / under;
}
