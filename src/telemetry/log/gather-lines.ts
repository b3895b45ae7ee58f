import type { LogStream } from './log.ts';

/**
 * Lines of one turn of the event loop go out in one write, whichever requests they are about: a write costs more than the
 * line. At the process's end they go out too, however it ends but by SIGKILL: what must not be lost then waits for `flush`.
 * @param write writes at once
 */
export function gatherLines(write: (text: string) => void): Required<LogStream> {
  let text = '';
  let waiting: (() => void)[] = [];

  function writeAll(): void {
    if (text === '') return;
    const [lines, told] = [text, waiting];
    text = '';
    waiting = [];
    write(lines);
    for (const done of told) done();
  }

  process.on('exit', writeAll);
  return {
    write(line) {
      if (text === '') setImmediate(writeAll);
      text += line;
    },
    flush(done) {
      if (text === '') done();
      else waiting.push(done);
    },
  };
}
