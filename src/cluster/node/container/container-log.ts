import type { StorageBudget } from '../world/storage-budget.ts';

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly stream: 'stdout' | 'stderr';
  /** With its newline; the last of a process that ended may have none. */
  readonly text: Buffer;
}

/** What a container has printed. The oldest lines are dropped when there is no room. */
export interface ContainerLog {
  write(stream: LogLine['stream'], data: Buffer | string): void;
  /** The lines from a number on, and the number after the last of them. */
  linesFrom(number: number): { readonly lines: readonly LogLine[]; readonly next: number };
  isClosed(): boolean;
  /** Resolves at the next line, at the end of the log, or when the signal aborts. */
  changed(signal: AbortSignal): Promise<void>;
  /** Nothing more is written. */
  close(): void;
  /** Gives all storage back. */
  dispose(): void;
}

/** As a container runtime's log files: what is longer is cut into several. */
const maxLine = 16 * 1024;
const lineCost = 64;

/** @param now milliseconds since the epoch */
export function createContainerLog(now: () => number, budget: StorageBudget): ContainerLog {
  let lines: LogLine[] = [];
  /** The number of the first line that is kept. */
  let first = 0;
  let closed = false;
  const partial = { stdout: Buffer.alloc(0) as Buffer, stderr: Buffer.alloc(0) as Buffer };
  const waiting = new Set<() => void>();

  function wake(): void {
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  function drop(count: number): void {
    for (const line of lines.slice(0, count)) budget.give(line.text.length + lineCost);
    lines = lines.slice(count);
    first += count;
  }

  function add(stream: LogLine['stream'], text: Buffer): void {
    const cost = text.length + lineCost;
    while (!budget.take(cost)) {
      // Others may hold all that there is.
      if (lines.length === 0) return;
      drop(Math.max(1, Math.floor(lines.length / 8)));
    }
    lines.push({ at: now(), stream, text });
  }

  return {
    write(stream, data) {
      if (closed) return;
      let rest = Buffer.concat([partial[stream], typeof data === 'string' ? Buffer.from(data) : data]);
      for (;;) {
        const newline = rest.indexOf(0x0a);
        const end = newline < 0 || newline >= maxLine ? maxLine : newline + 1;
        if (rest.length < end || (newline < 0 && rest.length < maxLine)) break;
        add(stream, Buffer.from(rest.subarray(0, end)));
        rest = rest.subarray(end);
      }
      partial[stream] = Buffer.from(rest);
      wake();
    },
    linesFrom(number) {
      return { lines: lines.slice(Math.max(0, number - first)), next: first + lines.length };
    },
    isClosed: () => closed,
    changed(signal) {
      return new Promise((resolve) => {
        if (closed || signal.aborted) {
          resolve();
          return;
        }
        const over = () => {
          waiting.delete(over);
          signal.removeEventListener('abort', over);
          resolve();
        };
        waiting.add(over);
        signal.addEventListener('abort', over);
      });
    },
    close() {
      if (closed) return;
      for (const stream of ['stdout', 'stderr'] as const) {
        if (partial[stream].length > 0) add(stream, partial[stream]);
        partial[stream] = Buffer.alloc(0);
      }
      closed = true;
      wake();
    },
    dispose() {
      drop(lines.length);
    },
  };
}
