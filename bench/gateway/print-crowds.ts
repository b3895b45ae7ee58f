import { measureSoak } from './soak.ts';
import { measureWatches } from './watches.ts';

export async function printWatches(): Promise<void> {
  const { watches, crowd } = await measureWatches();
  console.log('Idle watches through the gateway, and one event to 1 000 of them');
  console.table(
    watches.map(({ kibEach, eventP50, eventP99, ...row }) => ({
      ...row,
      'KiB each': kibEach.toFixed(1),
      'event p50 ms': eventP50.toFixed(1),
      'event p99 ms': eventP99.toFixed(1),
    })),
  );
  console.log(
    'An ordinary GET, one at a time, beside that many idle watches (the first row is the reference)',
  );
  console.table(
    crowd.map(({ watches: open, getP50, getP99 }) => ({
      'watches open': open,
      'GET p50 ms': getP50.toFixed(2),
      'GET p99 ms': getP99.toFixed(2),
    })),
  );
}

export async function printSoak(): Promise<void> {
  const { rows, kibPer10k, leftMiB } = await measureSoak();
  const [first, last] = [rows[0], rows.at(-1)];
  console.log(
    `Memory over ${last?.requests} requests: ${first?.rssMiB.toFixed(0)} MiB, ${last?.rssMiB.toFixed(0)} MiB at the end; ` +
      `slope ${kibPer10k.toFixed(0)} KiB for 10 000 requests. Left when all garbage is collected: ` +
      `${leftMiB[0].toFixed(1)} MiB 400 000 requests before, ${leftMiB[1].toFixed(1)} MiB at the end`,
  );
}
