import { execFileSync, spawn } from 'node:child_process';
import fs, {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AuditLog, type AuditLogOptions, openAuditLog } from '../../src/audit-log/index.ts';
import { NOON } from '../gateway/audit/support/recording.ts';
import { PATIENTLY } from '../support/patiently.ts';

let directory: string;
let path: string;
let errors: string[];
const open: AuditLog[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'audit-'));
  path = join(directory, 'sub', 'audit.log');
  errors = [];
});

afterEach(() => {
  disk('works');
  for (const backend of open.splice(0)) backend.close();
  rmSync(directory, { recursive: true });
});

function openLog(options: Partial<AuditLogOptions> = {}): AuditLog {
  const log = {
    error: (_fields: object, message: string) => void errors.push(message),
    info: (_fields: object, message: string) => void errors.push(message),
  };
  const backend = openAuditLog({ path, now: () => NOON, log, ...options });
  open.push(backend);
  return backend;
}

/** How writing fails: no space, a broken disk, a reader that has gone, one that is too slow for a pipe that does not wait. */
const FAILURES = ['ENOSPC', 'EIO', 'EPIPE', 'EAGAIN'] as const;

/** 'half' writes half of what it is given and then fails, as a disk does that runs full. */
function disk(state: 'works' | 'full' | 'half', code: (typeof FAILURES)[number] = 'ENOSPC'): void {
  vi.restoreAllMocks();
  if (state !== 'works') {
    const { writeSync } = fs;
    let first = state === 'half';
    vi.spyOn(fs, 'writeSync').mockImplementation(((fd: number, data: Buffer) => {
      if (!first) throw Object.assign(new Error(`${code}: write`), { code });
      first = false;
      return writeSync(fd, data, 0, Math.floor(data.length / 2));
    }) as typeof fs.writeSync);
  }
  syncBuiltinESMExports();
}

const text = () => readFileSync(path, 'utf8');

describe('the audit log', () => {
  it('is a file for its owner only, with a line for each event', () => {
    const log = openLog();
    log.write('{"a":1}');
    log.offer('{"b":2}');
    log.flush();
    expect(text()).toBe('{"a":1}\n{"b":2}\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('writes a turn of the event loop at once', async () => {
    const log = openLog();
    log.write('a');
    log.write('b');
    expect(text()).toBe('');
    await vi.waitFor(() => expect(text()).toBe('a\nb\n'), PATIENTLY);
  });

  it('writes earlier when 64 KiB have gathered', () => {
    const log = openLog();
    log.write('x'.repeat(65_536));
    expect(text()).toHaveLength(65_537);
  });

  it('writes each event before the call returns when asked to', () => {
    const log = openLog({ durability: 'each' });
    log.write('a');
    expect(text()).toBe('a\n');
    expect(log.offer('b')).toBe(true);
    expect(text()).toBe('a\nb\n');
  });

  it('appends, and does not go on with half a line that a crash has left', () => {
    openLog().close();
    writeFileSync(path, '{"whole":1}\n{"half":');
    const log = openLog();
    log.write('{"next":1}');
    log.flush();
    expect(text()).toBe('{"whole":1}\n{"half":\n{"next":1}\n');
  });

  it('writes what waits when it is closed, and says so of what comes later', () => {
    const log = openLog();
    log.write('a');
    log.close();
    log.write('b');
    expect(text()).toBe('a\n');
    expect(errors).toEqual(['audit event after the audit log was closed']);
  });

  it('names the path when it cannot be opened', () => {
    writeFileSync(join(directory, 'sub'), '');
    expect(() => openLog()).toThrow(join(directory, 'sub'));
  });
});

describe('rotation', () => {
  const backups = () =>
    readdirSync(join(directory, 'sub'))
      .filter((name) => name !== 'audit.log')
      .sort();

  it('loses no line and keeps the order, however often it happens', () => {
    const log = openLog({ maxSizeBytes: 100, maxBackups: 1000, durability: 'each' });
    const lines = Array.from(
      { length: 200 },
      (_, index) => `{"n":${index},"pad":"${'x'.repeat(index % 40)}"}`,
    );
    for (const line of lines) log.write(line);
    const files = [...backups(), 'audit.log'].map((name) =>
      readFileSync(join(directory, 'sub', name), 'utf8'),
    );
    expect(files.length).toBeGreaterThan(20);
    expect(files.join('')).toBe(`${lines.join('\n')}\n`);
    expect(Math.max(...files.map((file) => file.length))).toBeLessThanOrEqual(100);
  });

  it('names the old file by the time and keeps it to its owner', () => {
    const log = openLog({ maxSizeBytes: 10, durability: 'each' });
    log.write('123456789');
    log.write('b');
    expect(backups()).toEqual(['audit-2026-11-25T00-00-00.000.log']);
    expect(statSync(join(directory, 'sub', backups()[0] ?? '')).mode & 0o777).toBe(0o600);
    expect(text()).toBe('b\n');
  });

  it('keeps so many files and so many days, and nothing else is touched', () => {
    openLog().close();
    const sub = join(directory, 'sub');
    const names = [
      'audit-2025-11-20T00-00-00.000.log',
      'audit-2026-11-01T00-00-00.000.log',
      'audit-2026-11-02T00-00-00.000.log',
      'audit-2026-11-03T00-00-00.000.log',
      'audit-other.log',
      'audit-2020-01-01T00-00-00.000.txt',
    ];
    for (const name of names) writeFileSync(join(sub, name), '');
    utimesSync(join(sub, names[0] ?? ''), 0, 0);
    openLog({ maxBackups: 2 }).close();
    expect(backups()).toEqual([
      'audit-2020-01-01T00-00-00.000.txt',
      'audit-2026-11-02T00-00-00.000.log',
      'audit-2026-11-03T00-00-00.000.log',
      'audit-other.log',
    ]);
  });

  it('does not rename what is no regular file', () => {
    const log = openLog({ path: '/dev/null', maxSizeBytes: 1, durability: 'each' });
    log.write('a');
    log.write('b');
    expect(existsSync('/dev/null')).toBe(true);
    expect(errors).toEqual([]);
  });
});

describe('a disk that refuses', () => {
  const ways = FAILURES.flatMap((code) => [['full', code] as const, ['half', code] as const]);

  it.each(ways)('R-034 loses no event and halves none (%s, %s)', (state, code) => {
    const log = openLog({ durability: 'each' });
    log.write('{"before":1}');
    disk(state, code);
    expect(log.offer('{"during":1}')).toBe(true);
    log.write('{"during":2}');
    expect(errors).toEqual(['audit log cannot be written']);
    disk('works');
    expect(text()).toBe('{"before":1}\n');
    log.flush();
    log.write('{"after":1}');
    expect(text()).toBe('{"before":1}\n{"during":1}\n{"during":2}\n{"after":1}\n');
    expect(errors.at(-1)).toBe('audit log can be written again');
  });

  it('tells of the events that it can keep no longer', () => {
    let lost = 0;
    const log = openLog({
      durability: 'each',
      lost: (events) => {
        lost += events;
      },
    });
    disk('full');
    const line = 'x'.repeat(9 * 1024 * 1024);
    log.write(line);
    expect(lost).toBe(0);
    log.write(line);
    log.write(line);
    expect(lost).toBe(2);
    disk('works');
  });

  it('tries again by itself', async () => {
    const log = openLog({ durability: 'each' });
    disk('full');
    log.write('a');
    disk('works');
    await vi.waitFor(() => expect(text()).toBe('a\n'), { timeout: 5000 });
  });

  const strict = FAILURES.flatMap((code) => [['batch', code] as const, ['each', code] as const]);

  it.each(strict)(
    'R-034 makes a strict log refuse requests until it can be written (%s, %s)',
    (durability, code) => {
      const log = openLog({ durability, strict: true });
      disk('full', code);
      log.write('terminal');
      log.flush();
      expect(log.refusing()).toBe(true);
      expect(log.offer('first')).toBe(false);
      disk('works');
      log.flush();
      expect(log.refusing()).toBe(false);
      expect(log.offer('second')).toBe(true);
      log.flush();
      expect(text()).toBe('terminal\nsecond\n');
    },
  );

  it('does not store the first event of a request that it refuses', () => {
    const log = openLog({ durability: 'each', strict: true });
    disk('half');
    expect(log.offer('first')).toBe(false);
    disk('works');
    log.flush();
    expect(text()).toBe('');
  });

  it('lets requests pass when it is not strict', () => {
    const log = openLog();
    disk('full');
    log.write('a');
    log.flush();
    expect([log.refusing(), log.offer('b')]).toEqual([false, true]);
  });
});

describe('a process that is killed', () => {
  const source = join(import.meta.dirname, '../../src/audit-log/index.ts');
  const program = (body: string) => `
    import { writeSync } from 'node:fs';
    import { openAuditLog } from ${JSON.stringify(source)};
    const log = openAuditLog({ path: process.argv[1], durability: process.argv[2], now: Date.now, log: console });
    ${body}`;

  it('has lost no event that was told to be written', async () => {
    const loop = program(
      'for (let n = 0; ; n++) { log.write(JSON.stringify({ n })); writeSync(1, n + "\\n"); }',
    );
    const child = spawn(process.execPath, ['--input-type=module', '-e', loop, path, 'each']);
    let told = '';
    child.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      if (told.length > 20_000) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.once('close', resolve));
    const written = text()
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { n: number }).n);
    const last = Number(told.split('\n').at(-2));
    expect(last).toBeGreaterThan(1000);
    expect(written.slice(0, last + 1)).toEqual(Array.from({ length: last + 1 }, (_, n) => n));
  });

  it('writes what waits when it ends with an error', () => {
    const failing = program('log.write("last words"); process.exit(1);');
    expect(() =>
      execFileSync(process.execPath, ['--input-type=module', '-e', failing, path, 'batch']),
    ).toThrow();
    expect(text()).toBe('last words\n');
  });
});
