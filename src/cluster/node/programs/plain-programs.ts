import { resolvePath } from '../world/file-system.ts';
import type { Process, Program } from '../world/process.ts';
import { splitOptions } from './file-programs.ts';

const echo: Program = async ({ args, stdout }) => {
  const [first] = args;
  const isOption = first === '-n' || first === '-e';
  const text = (isOption ? args.slice(1) : args).join(' ');
  await stdout.write(`${first === '-e' ? readEscapes(text) : text}${first === '-n' ? '' : '\n'}`);
  return 0;
};

const printf: Program = async ({ args: [format = '', ...values], stdout }) => {
  const left = [...values];
  await stdout.write(
    readEscapes(format).replaceAll(/%([sd%])/g, (_all, kind) => (kind === '%' ? '%' : (left.shift() ?? ''))),
  );
  return 0;
};

function readEscapes(text: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\' };
  return text.replaceAll(/\\([ntr\\])/g, (_all, letter: string) => escapes[letter] ?? '');
}

const env: Program = async (process) => {
  const { args, stdout } = process;
  const given = new Map(process.env);
  let count = 0;
  for (const arg of args) {
    const [name = '', ...value] = arg.split('=');
    if (value.length === 0) break;
    given.set(name, value.join('='));
    count += 1;
  }
  const [name, ...rest] = args.slice(count);
  if (name !== undefined) {
    const program = process.world.findProgram(name);
    if (program !== undefined) return program({ ...process, name, args: rest, env: given });
    await process.stderr.write(`env: ${name}: No such file or directory\n`);
    return 127;
  }
  await stdout.write([...given].map(([key, value]) => `${key}=${value}\n`).join(''));
  return 0;
};

/** As `test`; also as `[`, whose last argument is `]`. Source: POSIX.1-2017 test. */
const test: Program = async (process) => {
  const args = process.name === '[' ? process.args.slice(0, -1) : process.args;
  const negated = args[0] === '!';
  const isTrue = evaluate(process, negated ? args.slice(1) : args);
  return isTrue === negated ? 1 : 0;
};

function evaluate(process: Process, [first = '', second, third = '']: readonly string[]): boolean {
  if (second === undefined) return first !== '';
  const entry = process.world.files.stat(resolvePath(process.cwd, second));
  switch (first) {
    case '-d':
      return entry?.kind === 'directory';
    case '-f':
      return entry?.kind === 'file';
    case '-e':
    case '-r':
    case '-w':
      return entry !== undefined;
    case '-s':
      return entry !== undefined && entry.size > 0;
    case '-n':
      return second !== '';
    case '-z':
      return second === '';
    default:
      return compare(first, second, third);
  }
}

function compare(left: string, operator: string, right: string): boolean {
  const [a, b] = [Number(left), Number(right)];
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    case '-ge':
      return a >= b;
    default:
      return false;
  }
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const maxSleepMs = 2 ** 31 - 1;

const sleep: Program = async ({ args: [text = ''], world, signal, stderr }) => {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  if (match === null && text !== 'infinity') {
    await stderr.write(`sleep: invalid number '${text}'\n`);
    return 1;
  }
  const seconds =
    match === null ? Number.POSITIVE_INFINITY : Number(match[1]) * (units[match[2] || 's'] ?? 1);
  await world.sleep(Math.min(seconds * 1000, maxSleepMs), signal);
  signal.throwIfAborted();
  return 0;
};

const date: Program = async ({ args, world, stdout }) => {
  const now = new Date(world.now());
  const iso = now.toISOString();
  const format = args.find((arg) => arg.startsWith('+'));
  if (format === undefined) {
    const [weekday = '', day = '', month = ''] = now.toUTCString().replace(',', '').split(' ');
    await stdout.write(
      `${weekday} ${month} ${day.replace(/^0/, ' ')} ${iso.slice(11, 19)} UTC ${iso.slice(0, 4)}\n`,
    );
    return 0;
  }
  const values: Readonly<Record<string, string>> = {
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    F: iso.slice(0, 10),
    T: iso.slice(11, 19),
    s: String(Math.floor(world.now() / 1000)),
    '%': '%',
  };
  await stdout.write(`${format.slice(1).replaceAll(/%(.)/g, (all, key: string) => values[key] ?? all)}\n`);
  return 0;
};

const stty: Program = async ({ args, terminal, stdout, stderr }) => {
  if (terminal === undefined) {
    await stderr.write('stty: standard input: Inappropriate ioctl for device\n');
    return 1;
  }
  if (args[0] === 'size') await stdout.write(`${terminal.rows} ${terminal.columns}\n`);
  return 0;
};

const tty: Program = async ({ terminal, stdout }) => {
  await stdout.write(terminal === undefined ? 'not a tty\n' : '/dev/pts/0\n');
  return terminal === undefined ? 1 : 0;
};

const uname: Program = async ({ args, world, stdout }) => {
  const { options } = splitOptions(args);
  const all = `Linux ${world.hostname} 6.12.0-sallyport #1 SMP simulated GNU/Linux`;
  await stdout.write(`${options.includes('a') ? all : options.includes('n') ? world.hostname : 'Linux'}\n`);
  return 0;
};

/** Says one line. */
const saying =
  (line: (process: Process) => string): Program =>
  async (process) => {
    await process.stdout.write(`${line(process)}\n`);
    return 0;
  };

export const plainPrograms: Readonly<Record<string, Program>> = {
  echo,
  printf,
  env,
  printenv: env,
  test,
  '[': test,
  sleep,
  date,
  stty,
  tty,
  uname,
  true: async () => 0,
  false: async () => 1,
  pwd: saying(({ cwd }) => cwd),
  hostname: saying(({ world }) => world.hostname),
  whoami: saying(() => 'root'),
  id: saying(() => 'uid=0(root) gid=0(root) groups=0(root)'),
};
