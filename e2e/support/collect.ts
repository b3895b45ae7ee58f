import type { ChildProcess } from 'node:child_process';

/** Gathers a child's output and waits for a line in it. */
export function collect(child: ChildProcess) {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    until: (pattern: RegExp) =>
      new Promise<string>((found, failed) => {
        const streams = [child.stdout, child.stderr];
        const end = () => {
          for (const stream of streams) stream?.off('data', check);
          child.off('exit', gone);
        };
        const check = () => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (match === null) return;
          end();
          found(match[0]);
        };
        const gone = (code: number | null) => {
          end();
          failed(new Error(`exited with ${code} before ${pattern}:\n${stdout}\n${stderr}`));
        };
        for (const stream of streams) stream?.on('data', check);
        child.once('exit', gone);
        check();
      }),
  };
}
