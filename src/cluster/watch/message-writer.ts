import type { MessageStream } from '../streaming/index.ts';
import type { LineWriter } from './line-writer.ts';
import type { WatchAccount } from './watches.ts';

/** Writes each line as a message, no faster than the client reads. */
export function createMessageWriter(stream: MessageStream, account: WatchAccount): LineWriter {
  const waiting: Buffer[] = [];
  let isSending = false;
  let ending = false;
  const onDrained = new Set<() => void>();

  function wake(): void {
    for (const resolve of onDrained) resolve();
    onDrained.clear();
  }

  async function flush(): Promise<void> {
    isSending = true;
    for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
      // Without its newline: the message has an end of its own.
      await stream.send(line.subarray(0, -1));
      account.release(line);
    }
    isSending = false;
    wake();
    if (ending) await stream.end();
  }

  stream.onGone(() => {
    for (const line of waiting.splice(0)) account.release(line);
    wake();
  });

  return {
    push(line) {
      if (ending || stream.isGone()) return;
      waiting.push(line);
      account.hold(line);
      if (!isSending) void flush();
    },
    drained: () =>
      !isSending || stream.isGone() ? Promise.resolve() : new Promise((resolve) => onDrained.add(resolve)),
    end() {
      if (ending) return;
      ending = true;
      if (!isSending) void stream.end();
    },
    clear() {
      for (const line of waiting.splice(0)) account.release(line);
    },
    isOver: () => ending || stream.isGone(),
  };
}
