import { FileError } from './file-system.ts';
import type { World } from './process.ts';
import { discard, emptyInput, type Input, type Output } from './process-io.ts';

const zeros = Buffer.alloc(64 * 1024);
/** Between two pieces of /dev/zero: what never ends must not keep the server busy. */
const zeroPauseMs = 1;

/** Reads a file, or /dev/null or /dev/zero. Throws FileError. */
export function openInput(world: World, path: string): Input {
  if (path === '/dev/null') return emptyInput;
  if (path === '/dev/zero') return zeroInput(world);
  const chunks = [...world.files.read(path)];
  return { read: async () => chunks.shift() };
}

function zeroInput(world: World): Input {
  const never = new AbortController().signal;
  return {
    async read() {
      await world.sleep(zeroPauseMs, never);
      return zeros;
    },
  };
}

/** Writes a file, or /dev/null. Throws FileError. */
export function openOutput(world: World, path: string, append: boolean): Output {
  if (path === '/dev/null') return discard;
  if (path.startsWith('/dev/')) throw new FileError('Permission denied');
  const add = world.files.write(path, { append });
  return { write: async (data) => add(typeof data === 'string' ? Buffer.from(data) : data) };
}
