import type { ServerResponse } from 'node:http';
import type { WatchAccount } from './watches.ts';

export interface LineWriter {
  /** Writes a line now or when the client has taken what is before it. */
  push(line: Buffer): void;
  /** Resolves when no line waits to be written, or none will ever be. */
  drained(): Promise<void>;
  /** Ends the answer after the lines that wait. */
  end(): void;
  /** Forgets the lines that wait, but for one that is partly out. */
  clear(): void;
  /** True when the answer has ended or will after the lines that wait. */
  isOver(): boolean;
}

/** Large enough to cost nothing, small enough that what TLS copies for each client does not add up. */
const pieceBytes = 64 * 1024;

/** Writes lines no faster than the client reads. They are shared among watches, so never copied here. */
export function createLineWriter(response: ServerResponse, account: WatchAccount): LineWriter {
  let waiting: Buffer[] = [];
  /** How much of the first line that waits is out. */
  let offset = 0;
  let blocked = false;
  let ending = false;
  const onDrained = new Set<() => void>();

  const isIdle = () => waiting.length === 0 || response.destroyed;

  function flush(): void {
    let written = 0;
    for (let line = waiting[0]; line !== undefined && !blocked; line = waiting[written]) {
      if (response.destroyed) break;
      const piece = line.subarray(offset, offset + pieceBytes);
      offset += piece.length;
      if (offset < line.length) {
        blocked = !response.write(piece);
      } else {
        // Until the system has it, Node keeps the whole line for the sake of its last piece.
        const done = line;
        blocked = !response.write(piece, () => account.release(done));
        offset = 0;
        written += 1;
      }
    }
    waiting = waiting.slice(written);
    if (ending && waiting.length === 0) response.end();
    if (isIdle()) wake();
  }

  function wake(): void {
    for (const resolve of onDrained) resolve();
    onDrained.clear();
  }

  function resume(): void {
    blocked = false;
    flush();
  }

  // The system may take a piece at once and ask for the next in the same turn: a large line for many watches would then
  // be one long turn.
  response.on('drain', () => setImmediate(resume));
  response.once('close', wake);

  return {
    push(line) {
      if (ending || response.destroyed) return;
      waiting.push(line);
      account.hold(line);
      if (!blocked) flush();
    },
    drained: () => (isIdle() ? Promise.resolve() : new Promise((resolve) => onDrained.add(resolve))),
    end() {
      ending = true;
      if (!blocked || waiting.length === 0) flush();
    },
    clear() {
      const [first, ...rest] = waiting;
      const isPartlyOut = first !== undefined && offset > 0;
      for (const line of isPartlyOut ? rest : waiting) account.release(line);
      waiting = isPartlyOut ? [first] : [];
    },
    isOver: () => ending || response.destroyed,
  };
}
