import {
  closeSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { AuditBackend } from './audit-backend.ts';
import { pruneAuditLogs, setAsideAuditLog } from './rotate-audit-log.ts';

export interface AuditLogOptions {
  /** `-` is the standard output. Only a regular file is rotated: a device or a link is not ours to rename. */
  readonly path: string;
  /** Bytes that the file may have before it is set aside; 100 MiB. */
  readonly maxSizeBytes?: number;
  /** Days that a file set aside is kept; 366. */
  readonly maxAgeDays?: number;
  /** Files set aside that are kept; 100. */
  readonly maxBackups?: number;
  /**
   * 'each' writes an event before the call returns, so that killing the process loses none; 'batch' (the default) writes
   * what an event loop's turn has gathered at its end, or earlier at 64 KiB.
   */
  readonly durability?: 'batch' | 'each';
  /** Refuse requests while events cannot be written, instead of serving them without. */
  readonly strict?: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: { error(fields: object, message: string): void; info(fields: object, message: string): void };
  /** Is told of events that were taken and could not be stored. */
  readonly lost?: ((events: number) => void) | undefined;
}

const BATCH_CHARACTERS = 65_536;
const RETRY_MS = 1000;
/** What is kept in memory while the disk refuses; later events are dropped and counted. */
const MAX_BACKLOG_BYTES = 16 * 1024 * 1024;

/**
 * Opens a file of events, one JSON object a line, as kube-apiserver's log backend writes it. Writes are synchronous: they
 * go to the page cache in microseconds, in order, and a killed process has lost none that returned.
 * @throws Error that names the path when it cannot be opened
 */
export function openAuditLog(options: AuditLogOptions): AuditLog {
  return new AuditLog(options);
}

export type { AuditLog };

class AuditLog implements AuditBackend {
  readonly durability: 'batch' | 'each';
  readonly #options: Required<AuditLogOptions>;
  readonly #flushAtExit = () => this.flush();
  readonly #rotatable: boolean;
  #fd: number;
  #size: number;
  /** Lines of this turn. */
  #pending = '';
  /** Lines that the disk has refused. */
  #backlog: Buffer[] = [];
  #backlogBytes = 0;
  #dropped = 0;
  #tick: NodeJS.Immediate | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: AuditLogOptions) {
    this.#options = {
      maxSizeBytes: 100 * 1024 * 1024,
      maxAgeDays: 366,
      maxBackups: 100,
      durability: 'batch',
      strict: false,
      lost: () => {},
      ...options,
      path: options.path === '-' ? '/dev/stdout' : options.path,
    };
    const { path } = this.#options;
    this.durability = this.#options.durability;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#fd = openLog(path);
    this.#size = fstatSync(this.#fd).size;
    this.#rotatable = lstatSync(path).isFile();
    // A machine that lost power may have left half a line; the next event must not become a part of it.
    if (this.#rotatable && !endsWithNewline(path, this.#size)) this.#pending = '\n';
    if (this.#rotatable) pruneAuditLogs(this.#options);
    process.on('exit', this.#flushAtExit);
  }

  refusing(): boolean {
    return this.#options.strict && this.#retry !== undefined;
  }

  offer(line: string): boolean {
    if (!this.#options.strict) {
      this.write(line);
      return true;
    }
    if (this.refusing() || this.#closed) return false;
    if (this.durability === 'batch') {
      this.write(line);
      return true;
    }
    this.flush();
    return this.refusing() ? false : this.#store(Buffer.from(`${line}\n`));
  }

  write(line: string): void {
    if (this.#closed) {
      this.#options.log.error({ path: this.#options.path }, 'audit event after the audit log was closed');
      return;
    }
    this.#pending += `${line}\n`;
    if (this.durability === 'each' || this.#pending.length >= BATCH_CHARACTERS) this.#gather();
    else this.#tick ??= setImmediate(() => this.#gather());
  }

  writeFirst(line: string): undefined {
    this.write(line);
  }

  flush(): void {
    if (this.#retry !== undefined) this.#try();
    this.#gather();
  }

  close(): void {
    if (this.#closed) return;
    this.flush();
    this.#closed = true;
    process.off('exit', this.#flushAtExit);
    clearTimeout(this.#retry);
    if (this.#backlogBytes > 0) this.#options.log.error(this.#state(), 'audit events lost at shutdown');
    closeSync(this.#fd);
  }

  /** Brings the turn's lines to the disk, or behind those that wait for it. */
  #gather(): void {
    clearImmediate(this.#tick);
    this.#tick = undefined;
    if (this.#pending === '' || this.#closed) return;
    const lines = Buffer.from(this.#pending);
    this.#pending = '';
    if (this.#retry === undefined && this.#store(lines)) return;
    if (this.#backlogBytes + lines.length <= MAX_BACKLOG_BYTES) {
      this.#backlog.push(lines);
      this.#backlogBytes += lines.length;
    } else {
      const events = linesIn(lines);
      this.#dropped += events;
      this.#options.lost?.(events);
    }
  }

  #try(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    if (!this.#store(Buffer.concat(this.#backlog))) return;
    this.#backlog = [];
    this.#backlogBytes = 0;
    this.#options.log.info(this.#state(), 'audit log can be written again');
    this.#dropped = 0;
  }

  /** All or nothing: half a line would make the next one unreadable. */
  #store(lines: Buffer): boolean {
    const full = this.#size > 0 && this.#size + lines.length > this.#options.maxSizeBytes;
    if (full && this.#rotatable) this.#rotate();
    try {
      for (let at = 0; at < lines.length; ) at += writeSync(this.#fd, lines, at);
      this.#size += lines.length;
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  #failed(error: unknown): void {
    this.#options.log.error({ err: error, ...this.#state() }, 'audit log cannot be written');
    this.#retry ??= setTimeout(() => this.#try(), RETRY_MS).unref();
    try {
      ftruncateSync(this.#fd, this.#size);
    } catch {
      // A device or a pipe cannot be cut; the line that failed is written again as a whole.
    }
  }

  /** Loses nothing: as long as there is no new file, the old one is written on. */
  #rotate(): void {
    try {
      setAsideAuditLog(this.#options.path, this.#options.now());
      const fd = openLog(this.#options.path);
      closeSync(this.#fd);
      this.#fd = fd;
      this.#size = fstatSync(fd).size;
      pruneAuditLogs(this.#options);
    } catch (error) {
      this.#options.log.error({ err: error, ...this.#state() }, 'audit log cannot be rotated');
    }
  }

  #state(): object {
    return { path: this.#options.path, waitingBytes: this.#backlogBytes, dropped: this.#dropped };
  }
}

function linesIn(lines: Buffer): number {
  return lines.toString('latin1').split('\n').length - 1;
}

/** Only for its owner: events tell who does what. */
function openLog(path: string): number {
  return openSync(path, 'a', 0o600);
}

function endsWithNewline(path: string, size: number): boolean {
  if (size === 0) return true;
  const fd = openSync(path, 'r');
  try {
    const last = Buffer.alloc(1);
    readSync(fd, last, 0, 1, size - 1);
    return last[0] === 0x0a;
  } finally {
    closeSync(fd);
  }
}
