import type { AuditBackend } from './audit-backend.ts';

/**
 * One backend out of several: each gets every event. A request goes on only when none of them refuses its first event;
 * the others may have it by then, as with kube-apiserver.
 */
export function combineBackends(backends: readonly AuditBackend[]): AuditBackend {
  const [only, ...others] = backends;
  if (only !== undefined && others.length === 0) return only;
  const refusing = () => backends.some((backend) => backend.refusing());
  return {
    durability: backends.some(({ durability }) => durability === 'each') ? 'each' : 'batch',
    refusing,
    offer(line) {
      if (refusing()) return false;
      const taken = backends.map((backend) => backend.offer(line));
      if (taken.includes(false)) return false;
      return taken.every((answer) => answer === true)
        ? true
        : Promise.all(taken).then((answers) => !answers.includes(false));
    },
    write(line) {
      for (const backend of backends) backend.write(line);
    },
    writeFirst(line) {
      const waits = backends.map((backend) => backend.writeFirst(line)).filter((wait) => wait !== undefined);
      return waits.length === 0 ? undefined : Promise.all(waits).then(() => {});
    },
    async flush() {
      await Promise.all(backends.map((backend) => backend.flush()));
    },
    async close() {
      await Promise.all(backends.map((backend) => backend.close()));
    },
  };
}
