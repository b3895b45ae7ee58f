import { readdir, readFile } from 'node:fs/promises';
import { getPriority, setPriority } from 'node:os';

const THREADS = '/proc/self/task';
/** What the threads of libuv's pool are called. */
const OF_POOL = 'libuv-worker';
/** Of a processor that both want, the pool gets a quarter. */
const NICER_BY = 5;

/**
 * libuv's pool hashes passwords, for tens of milliseconds each. Where processors are short, those who sign in would make everybody
 * wait whose request is answered in one: so the event loop goes first, and nothing is lost while there is a processor free. The
 * pool's other work, signing and the disk, is for requests that the event loop has let through.
 * Linux only, where a thread has a niceness of its own (setpriority(2), "C library/kernel differences").
 */
export async function letPoolGiveWay(): Promise<void> {
  if (process.platform !== 'linux') return;
  try {
    const nicer = Math.min(19, getPriority() + NICER_BY);
    // The pool reads this, so that its threads have been started.
    for (const thread of await readdir(THREADS)) {
      const name = await readFile(`${THREADS}/${thread}/comm`, 'utf8');
      if (name.trimEnd() === OF_POOL) setPriority(Number(thread), nicer);
    }
  } catch {
    // Where /proc is not to be seen or a sandbox forbids it, all threads stay alike.
  }
}
