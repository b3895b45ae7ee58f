import { residentKiB } from '../gateway/memory.ts';
import { median } from '../median.ts';
import { measureKeys, measurePods, PODS, type PodsRow } from './pods.ts';
import { type Started, startBareWatches, startCluster, startEtcd } from './started.ts';
import { measureTestClusters, type TestClusters } from './test-clusters.ts';
import {
  measureEtcdWatchers,
  measureSilent,
  measureWatchers,
  WATCHERS,
  type WatchersRow,
} from './watchers.ts';

const STARTS = 5;

/** `npm run bench -- cluster` runs these tables alone. */
export async function printCluster(): Promise<void> {
  await printStarts();
  await printTestClusters();
  await printPods();
  await printWatchers();
}

type Start = () => Promise<Started | undefined>;

async function printStarts(): Promise<void> {
  const starts: readonly Start[] = [
    () => startCluster('sallyport cluster'),
    () => startCluster('sallyport cluster on SQLite', '--store', 'sqlite:cluster.db'),
    startEtcd,
  ];
  const rows = [];
  for (const start of starts) {
    const ready: number[] = [];
    const rss: number[] = [];
    let name = '';
    for (let at = 0; at < STARTS; at++) {
      const server = await start();
      if (server === undefined) break;
      name = server.name;
      ready.push(server.firstAnswerMs);
      rss.push(residentKiB(server.pid) / 1024);
      await server.close();
    }
    if (name !== '')
      rows.push({
        name,
        'first answer after ms': median(ready).toFixed(0),
        'RSS MiB': median(rss).toFixed(0),
      });
  }
  console.log(
    `From the start of the process to its first answer, and resident memory then; medians of ${STARTS} starts`,
  );
  console.table(rows);
}

async function printTestClusters(): Promise<void> {
  const rounds: TestClusters[] = [];
  for (let at = 0; at < STARTS; at++) rounds.push(await measureTestClusters());
  const middle = (of: (round: TestClusters) => number) => median(rounds.map(of)).toFixed(0);
  console.log(`sallyport/testing in a process of its own, one core, medians of ${STARTS}`);
  console.table([
    {
      'import ms': middle(({ importMs }) => importMs),
      'first cluster ms': middle(({ firstMs }) => firstMs),
      'next cluster ms': middle(({ nextMs }) => nextMs),
      '20 at once ms': middle(({ twentyMs }) => twentyMs),
    },
  ]);
}

async function printPods(): Promise<void> {
  const rows: PodsRow[] = [];
  for (const [name, ...flags] of [['in memory'], ['on SQLite', '--store', 'sqlite:cluster.db']] as const)
    rows.push(await used(await startCluster(name, '--no-controllers', ...flags), measurePods));
  const etcd = await startEtcd();
  if (etcd !== undefined) {
    const flags = ['--no-controllers', '--store', `etcd:${etcd.origin}`];
    rows.push(await used(await startCluster('on etcd', ...flags), measurePods));
    rows.push(await used({ ...etcd, name: 'etcd alone, values of that size' }, measureKeys));
  }
  console.log(
    `${PODS} pods made by 64 connections, then listed as JSON; the server has a core to itself. By CPU: what one core could do`,
  );
  console.table(
    rows.map((row) => ({
      name: row.name,
      'creates/s': row.createsPerSecond.toFixed(0),
      'creates/s by CPU': row.createsPerCpuSecond.toFixed(0),
      'list MB': row.listMB.toFixed(1),
      'list MB/s': row.listMBPerSecond.toFixed(1),
      'list MB/s by CPU': row.listMBPerCpuSecond.toFixed(1),
    })),
  );
}

async function printWatchers(): Promise<void> {
  const rows = [];
  for (const protocol of ['HTTP/2', 'TLS HTTP/1.1'] as const) {
    const bare = await used(await startBareWatches(''), (server) => measureSilent(server, protocol));
    const cluster = await startCluster('', '--no-controllers');
    const row = await used(cluster, (server) => measureWatchers(server, protocol));
    rows.push(watchersRow(row, bare));
  }
  const etcd = await startEtcd();
  if (etcd !== undefined) rows.push(watchersRow(await used(etcd, measureEtcdWatchers), undefined));
  console.log(
    `${WATCHERS} watches, each written to by every create; from the create's sending to the reading of its event. Over HTTP/2, a ` +
      'hundred share a connection, as with client-go; over HTTP/1.1, each has its own',
  );
  console.table(rows);
}

function watchersRow({ protocol, kibEach, eventP50, eventP99 }: WatchersRow, bare: number | undefined) {
  return {
    protocol,
    'KiB each': kibEach.toFixed(1),
    'of it Node.js alone': bare?.toFixed(1) ?? '',
    'event p50 ms': eventP50.toFixed(1),
    'event p99 ms': eventP99.toFixed(1),
  };
}

async function used<T>(server: Started, measure: (server: Started) => Promise<T>): Promise<T> {
  try {
    return await measure(server);
  } finally {
    await server.close();
  }
}
