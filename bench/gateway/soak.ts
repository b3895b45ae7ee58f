import { findLoadPrograms, runLoad } from './load.ts';
import { residentKiB } from './memory.ts';
import { startGateway } from './start-gateway.ts';
import { startUpstream } from './upstream.ts';

const STEPS = 20;
const REQUESTS_A_STEP = 12_000;

export interface SoakRow {
  readonly requests: number;
  readonly rssMiB: number;
}

/** Memory over some 200 000 requests: what grows with them is a leak. */
export async function measureSoak(): Promise<{ rows: SoakRow[]; kibPer10k: number }> {
  await findLoadPrograms();
  const upstream = await startUpstream();
  const gateway = await startGateway(upstream.origin);
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
    const rows: SoakRow[] = [];
    let requests = 0;
    for (let step = 0; step < STEPS || requests < 200_000; step++) {
      requests += (await runLoad(load)).requests;
      rows.push({ requests, rssMiB: residentKiB(gateway.pid) / 1024 });
    }
    return { rows, kibPer10k: slope(rows.slice(rows.length >> 1)) * 1024 * 10_000 };
  } finally {
    await gateway.close();
    upstream.close();
  }
}

/** Least squares over the second half, when the heap has found its size. MiB a request. */
function slope(rows: readonly SoakRow[]): number {
  const meanX = rows.reduce((sum, row) => sum + row.requests, 0) / rows.length;
  const meanY = rows.reduce((sum, row) => sum + row.rssMiB, 0) / rows.length;
  const over = rows.reduce((sum, row) => sum + (row.requests - meanX) * (row.rssMiB - meanY), 0);
  const under = rows.reduce((sum, row) => sum + (row.requests - meanX) ** 2, 0);
  return over / under;
}
