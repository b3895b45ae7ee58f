/** Where a simulated process reads from. */
export interface Input {
  /** Undefined at the end. */
  read(): Promise<Buffer | undefined>;
}

/** Where a simulated process writes to. */
export interface Output {
  /** Resolves when more may be written. Throws BrokenPipeError when nobody reads any more. */
  write(data: Buffer | string): Promise<void>;
}

export class BrokenPipeError extends Error {
  override readonly name = 'BrokenPipeError';
}

export const emptyInput: Input = { read: async () => undefined };
export const discard: Output = { write: async () => {} };

/** An input that can be read by lines, and by whoever reads after that. */
export interface LineInput extends Input {
  /** Without its newline; the last one need not have any. Undefined at the end. */
  readLine(): Promise<string | undefined>;
}

/** Bytes of a line at most; what is longer is cut into several. */
const maxLine = 64 * 1024;

export function createLineInput(input: Input): LineInput {
  let held: Buffer = Buffer.alloc(0);

  async function read(): Promise<Buffer | undefined> {
    if (held.length === 0) return input.read();
    const data = held;
    held = Buffer.alloc(0);
    return data;
  }

  return {
    read,
    async readLine() {
      for (;;) {
        const end = held.indexOf(0x0a);
        if (end >= 0 || held.length >= maxLine) {
          const line = held.subarray(0, end >= 0 ? end : maxLine);
          held = held.subarray(end >= 0 ? end + 1 : maxLine);
          return line.toString('utf8');
        }
        const more = await input.read();
        if (more === undefined) {
          const last = await read();
          return last?.toString('utf8');
        }
        held = Buffer.concat([held, more]);
      }
    },
  };
}

export interface Pipe {
  readonly input: Input;
  readonly output: Output;
  /** Nothing more is written: the reader comes to the end. */
  closeOutput(): void;
  /** Nothing more is read: writing fails. */
  closeInput(): void;
}

/** Bytes in a pipe before its writer waits. */
const pipeCapacity = 64 * 1024;

export function createPipe(): Pipe {
  const queue: Buffer[] = [];
  let length = 0;
  let ended = false;
  let broken = false;
  let wakeReader = (): void => {};
  let wakeWriter = (): void => {};

  return {
    input: {
      async read() {
        while (queue.length === 0 && !ended) {
          await new Promise<void>((resolve) => {
            wakeReader = resolve;
          });
        }
        const data = queue.shift();
        length -= data?.length ?? 0;
        wakeWriter();
        return data;
      },
    },
    output: {
      async write(data) {
        if (broken) throw new BrokenPipeError('nobody reads');
        const bytes = typeof data === 'string' ? Buffer.from(data) : data;
        if (bytes.length === 0) return;
        queue.push(bytes);
        length += bytes.length;
        wakeReader();
        while (length >= pipeCapacity && !broken) {
          await new Promise<void>((resolve) => {
            wakeWriter = resolve;
          });
        }
      },
    },
    closeOutput() {
      ended = true;
      wakeReader();
    },
    closeInput() {
      broken = true;
      wakeWriter();
    },
  };
}
