import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A real Secret Service (GNOME Keyring) on a session bus of its own, as somebody has who works at a desktop. */
export interface SecretService {
  /** For the programs of the person. */
  readonly env: Readonly<Record<'DBUS_SESSION_BUS_ADDRESS' | 'XDG_RUNTIME_DIR', string>>;
  /** The same keyring, which nobody has unlocked: as after a sign-in without a password. */
  lock(): Promise<void>;
  close(): Promise<void>;
}

/** @param home where the keyring's files are kept */
export async function startSecretService(home: string): Promise<SecretService> {
  const runtime = join(home, 'run');
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  const base = { PATH: process.env['PATH'], HOME: home, XDG_RUNTIME_DIR: runtime };
  const bus = spawn('dbus-daemon', ['--session', '--print-address=1', '--nofork'], {
    env: base,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const address = await firstLine(bus);
  const env = { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: runtime };
  const command = ['--foreground', '--components=secrets'];
  const start = (how: string) =>
    spawn('gnome-keyring-daemon', [how, ...command], {
      env: { ...base, ...env },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  let keyring = start('--unlock');
  keyring.stdin?.end('the password of the keyring');
  await named(env);
  return {
    env,
    async lock() {
      await end(keyring);
      keyring = start('--start');
      keyring.stdin?.end();
      await named(env);
    },
    async close() {
      await end(keyring);
      await end(bus);
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no standard output');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('the session bus has not started');
}

/** Until the bus knows who keeps secrets. */
async function named(env: SecretService['env']): Promise<void> {
  const ask = [
    '--session',
    '--print-reply',
    '--dest=org.freedesktop.DBus',
    '/org/freedesktop/DBus',
    'org.freedesktop.DBus.NameHasOwner',
    'string:org.freedesktop.secrets',
  ];
  for (let tries = 0; tries < 200; tries++) {
    const child = spawn('dbus-send', ask, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    await new Promise((done) => child.once('close', done));
    if (said.includes('boolean true')) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error('nobody keeps secrets on the session bus');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill();
  await gone;
}
