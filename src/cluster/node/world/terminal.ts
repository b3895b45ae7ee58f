import type { Input, Output } from './process-io.ts';

/** A terminal between a person's client, which sends keys, and processes, which read lines. */
export interface Terminal {
  readonly input: Input;
  readonly output: Output;
  columns: number;
  rows: number;
  /** Called at Ctrl-C. */
  onInterrupt: () => void;
}

const key = {
  interrupt: 0x03,
  endOfInput: 0x04,
  backspace: 0x08,
  newline: 0x0a,
  return: 0x0d,
  eraseLine: 0x15,
  delete: 0x7f,
};

/** Bytes of a line that is being typed. */
const maxTyped = 4096;

/** The line discipline of a terminal in its usual mode: echo, editing of the last character, lines. Source: termios(3). */
export function createTerminal(keys: Input, screen: Output): Terminal {
  let typed: number[] = [];
  const lines: (Buffer | undefined)[] = [];
  const output: Output = {
    write(data) {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      return screen.write(Buffer.from(bytes.toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1'));
    },
  };

  function take(byte: number): string {
    switch (byte) {
      case key.return:
      case key.newline:
        lines.push(Buffer.from([...typed, key.newline]));
        typed = [];
        return '\r\n';
      case key.endOfInput:
        lines.push(typed.length === 0 ? undefined : Buffer.from(typed));
        typed = [];
        return '';
      case key.interrupt:
        typed = [];
        terminal.onInterrupt();
        return '^C\r\n';
      case key.backspace:
      case key.delete:
        return typed.pop() === undefined ? '' : '\b \b';
      case key.eraseLine: {
        const erased = typed.length;
        typed = [];
        return '\b \b'.repeat(erased);
      }
      default:
        if (typed.length >= maxTyped) return '\x07';
        typed.push(byte);
        return String.fromCharCode(byte);
    }
  }

  const terminal: Terminal = {
    columns: 80,
    rows: 24,
    onInterrupt: () => {},
    output,
    input: {
      async read() {
        while (lines.length === 0) {
          const data = await keys.read();
          if (data === undefined) return undefined;
          const echo = [...data].map(take).join('');
          if (echo !== '') await screen.write(Buffer.from(echo, 'latin1'));
        }
        return lines.shift();
      },
    },
  };
  return terminal;
}
