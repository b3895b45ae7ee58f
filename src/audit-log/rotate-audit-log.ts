import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}$/;
const DAY_MS = 86_400_000;

/** Renames the log to `<name>-<UTC time>.<extension>`, as kube-apiserver's log backend does. @param now milliseconds */
export function setAsideAuditLog(path: string, now: number): void {
  // Set aside already, by an attempt that then could not open a new one.
  if (!existsSync(path)) return;
  const { directory, stem, extension } = partsOf(path);
  for (let at = Math.floor(now); ; at++) {
    // Two in one millisecond must not overwrite each other.
    const name = join(
      directory,
      `${stem}-${new Date(at).toISOString().slice(0, 23).replaceAll(':', '-')}${extension}`,
    );
    if (existsSync(name)) continue;
    renameSync(path, name);
    return;
  }
}

export interface PruneOptions {
  readonly path: string;
  readonly maxAgeDays: number;
  readonly maxBackups: number;
  readonly now: () => number;
  readonly log: { error(fields: object, message: string): void };
}

/** Removes the files set aside that are too old or too many. */
export function pruneAuditLogs({ path, maxAgeDays, maxBackups, now, log }: PruneOptions): void {
  try {
    const backups = backupsOf(path);
    const { directory } = partsOf(path);
    const oldest = new Date(now() - maxAgeDays * DAY_MS).toISOString().slice(0, 23).replaceAll(':', '-');
    for (const [index, { name, time }] of backups.entries()) {
      if (index >= maxBackups || time < oldest) rmSync(join(directory, name));
    }
  } catch (error) {
    log.error({ err: error, path }, 'old audit logs cannot be removed');
  }
}

/** The files set aside, the youngest first. */
export function auditBackups(path: string): string[] {
  return backupsOf(path).map(({ name }) => join(dirname(path), name));
}

function backupsOf(path: string): { name: string; time: string }[] {
  const { directory, stem, extension } = partsOf(path);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .flatMap((name) => {
      if (!name.startsWith(`${stem}-`) || !name.endsWith(extension)) return [];
      const time = name.slice(stem.length + 1, name.length - extension.length);
      return TIMESTAMP.test(time) ? [{ name, time }] : [];
    })
    .sort((one, other) => (one.time < other.time ? 1 : -1));
}

function partsOf(path: string): { directory: string; stem: string; extension: string } {
  const extension = extname(path);
  return { directory: dirname(path), stem: basename(path, extension), extension };
}
