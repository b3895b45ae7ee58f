import { measureRequests, type RequestsRow } from './requests.ts';

/** `npm run bench -- requests` runs this table alone. */
export async function printRequests(): Promise<void> {
  const rows = await measureRequests();
  const of = (name: string) => rows.find((row) => row.name === name);
  console.log(
    'GET of a 2 KiB object through TLS, 64 connections, one core, medians of 5 rounds; the gateway with token, RBAC, audit and ' +
      'metrics. By CPU: what one core could do with what each request cost',
  );
  console.table(rows.map((row) => ({ name: row.name, ...figures(row) })));
  const gateway = of('gateway');
  if (gateway === undefined) return;
  console.table(
    rows
      .filter((row) => row !== gateway)
      .map((row) => ({
        'gateway beside': row.name,
        'rate ×': (gateway.requestsPerSecond / row.requestsPerSecond).toFixed(2),
        'per CPU ×': (row.cpuPer10k / gateway.cpuPer10k).toFixed(2),
      })),
  );
}

function figures({ requestsPerSecond, cpuPer10k }: RequestsRow) {
  return {
    'requests/s': Math.round(requestsPerSecond),
    'CPU s per 10k': cpuPer10k.toFixed(3),
    'requests/s by CPU': Math.round(10_000 / cpuPer10k),
  };
}
