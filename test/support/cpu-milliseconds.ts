/**
 * Milliseconds that this thread computes for some work. Others' work on the machine does not count, as it would in time that
 * passes: only what would take many times as long is too slow.
 */
export async function cpuMilliseconds(work: () => unknown): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
