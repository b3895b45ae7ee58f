import type { ServerResponse } from 'node:http';

export interface LineWriter {
  /**
   * Writes a line now or when the client has taken what is before it. Lines are made only when they are written.
   * @param weight roughly how many bytes the waiting line keeps alive; 0 for what must not count
   */
  push(line: () => string, weight: number): void;
  /** Ends the answer after the lines that wait. */
  end(): void;
  /** Forgets the lines that wait. */
  clear(): void;
  /** True when more weight waits than a client may leave. */
  isOverfull(): boolean;
}

/** Writes lines no faster than the client reads: Node's own buffer holds one line too many at most. */
export function createLineWriter(response: ServerResponse, maxWaiting: number): LineWriter {
  let waiting: { line: () => string; weight: number }[] = [];
  let weight = 0;
  let blocked = false;
  let ending = false;

  function flush(): void {
    let written = 0;
    while (!blocked && written < waiting.length) {
      const next = waiting[written];
      written += 1;
      if (next === undefined || response.destroyed) break;
      weight -= next.weight;
      blocked = !response.write(next.line());
    }
    waiting = waiting.slice(written);
    if (ending && waiting.length === 0) response.end();
  }

  response.on('drain', () => {
    blocked = false;
    flush();
  });

  return {
    push(line, lineWeight) {
      if (ending) return;
      waiting.push({ line, weight: lineWeight });
      weight += lineWeight;
      if (!blocked) flush();
    },
    end() {
      ending = true;
      if (!blocked || waiting.length === 0) flush();
    },
    clear() {
      waiting = [];
      weight = 0;
    },
    isOverfull: () => weight > maxWaiting,
  };
}
