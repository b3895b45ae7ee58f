import { median } from '../median.ts';
import type { LoadResult } from './load.ts';
import { measureRequests, type RequestsRow } from './requests.ts';

/** `npm run bench -- requests` runs this table alone. */
export async function printRequests(): Promise<void> {
  const rows = await measureRequests();
  console.log(
    'GET of a 2 KiB object through TLS, 64 at a time, one core, medians of 5 rounds; the gateway with token, RBAC, audit and ' +
      'metrics. By CPU: what one core could do with what each request cost',
  );
  console.table(rows.map((row) => ({ name: row.name, ...figures(row) })));
  const gateway = rows.find(({ name }) => name === 'gateway');
  if (gateway === undefined) return;
  console.log('Each round by itself, then the median');
  console.table(rows.filter((row) => row !== gateway).map((row) => beside(gateway, row)));
}

function figures({ rounds }: RequestsRow) {
  const cpu = median(rounds.map(({ cpuPer10k }) => cpuPer10k));
  return {
    'requests/s': Math.round(median(rounds.map(({ requestsPerSecond }) => requestsPerSecond))),
    'CPU s per 10k': cpu.toFixed(3),
    'requests/s by CPU': Math.round(10_000 / cpu),
  };
}

/** The gateway's figures as multiples of another's. Those of HTTP/2 are the other way round: it is the gateway, too. */
function beside(gateway: RequestsRow, other: RequestsRow) {
  const isOwn = other.name.startsWith('gateway');
  const [over, under] = isOwn ? [other, gateway] : [gateway, other];
  const ratio = (of: (result: LoadResult) => number) =>
    median(over.rounds.map((result, round) => of(result) / of(under.rounds[round] as LoadResult))).toFixed(2);
  return {
    compared: `${over.name} : ${under.name}`,
    'rate ×': ratio(({ requestsPerSecond }) => requestsPerSecond),
    'per CPU ×': ratio(({ cpuPer10k }) => 1 / cpuPer10k),
  };
}
