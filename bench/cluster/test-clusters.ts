import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { onOtherCore } from '../cores.ts';
import { product } from '../product.ts';

/** Milliseconds of `sallyport/testing` in a process of its own. */
export interface TestClusters {
  /** Reading its code, once a process. */
  readonly importMs: number;
  readonly firstMs: number;
  readonly nextMs: number;
  /** Of twenty at once, until all are ready. */
  readonly twentyMs: number;
}

const SCRIPT = `
const times = [performance.now()];
const { startCluster } = await import('sallyport/testing');
times.push(performance.now());
const open = [await startCluster()];
times.push(performance.now());
open.push(await startCluster());
times.push(performance.now());
open.push(...(await Promise.all(Array.from({ length: 20 }, () => startCluster()))));
times.push(performance.now());
await Promise.all(open.map((cluster) => cluster.close()));
console.log(JSON.stringify(times.slice(1).map((at, index) => at - times[index])));
`;

export async function measureTestClusters(): Promise<TestClusters> {
  const [program = '', ...args] = [...onOtherCore(), process.execPath, '--input-type=module', '-e', SCRIPT];
  const { stdout } = await promisify(execFile)(program, args, { cwd: product() });
  const [importMs = 0, firstMs = 0, nextMs = 0, twentyMs = 0] = JSON.parse(stdout) as number[];
  return { importMs, firstMs, nextMs, twentyMs };
}
