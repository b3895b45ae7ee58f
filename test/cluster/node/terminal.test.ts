import { describe, expect, it } from 'vitest';
import { createTerminal } from '../../../src/cluster/node/world/terminal.ts';

function open(...keys: string[]) {
  const left = keys.map((each) => Buffer.from(each, 'latin1'));
  const screen: Buffer[] = [];
  const terminal = createTerminal(
    { read: async () => left.shift() },
    { write: async (data) => void screen.push(Buffer.from(data)) },
  );
  return { terminal, shown: () => Buffer.concat(screen).toString('latin1') };
}

describe('a terminal', () => {
  it('gives lines and shows what is typed', async () => {
    const { terminal, shown } = open('l', 's\r', 'two\rthree\r');
    expect(String(await terminal.input.read())).toBe('ls\n');
    expect(String(await terminal.input.read())).toBe('two\n');
    expect(String(await terminal.input.read())).toBe('three\n');
    expect(await terminal.input.read()).toBeUndefined();
    expect(shown()).toBe('ls\r\ntwo\r\nthree\r\n');
  });

  it('corrects what was typed', async () => {
    const { terminal, shown } = open('lx\x7fs\r', 'gone\x15new\r');
    expect(String(await terminal.input.read())).toBe('ls\n');
    expect(String(await terminal.input.read())).toBe('new\n');
    expect(shown()).toBe(`lx\b \bs\r\ngone${'\b \b'.repeat(4)}new\r\n`);
  });

  it('ends the input at Ctrl-D, and interrupts at Ctrl-C', async () => {
    const { terminal, shown } = open('half\x03', '\x04');
    let interrupts = 0;
    terminal.onInterrupt = () => {
      interrupts += 1;
    };
    expect(await terminal.input.read()).toBeUndefined();
    expect(interrupts).toBe(1);
    expect(shown()).toBe('half^C\r\n');
  });

  it('begins every line at its start', async () => {
    const { terminal, shown } = open();
    await terminal.output.write('a\nb\r\n');
    expect(shown()).toBe('a\r\nb\r\n');
  });

  it('keeps a line that is typed without end short', async () => {
    const { terminal } = open('x'.repeat(100_000), '\r');
    expect((await terminal.input.read())?.length).toBe(4097);
  });
});
