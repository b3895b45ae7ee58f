import type { AuditBackend } from '../audit-backend.ts';
import type { EventQueue } from './event-queue.ts';
import { packEvents } from './pack-events.ts';

export interface EventStoreOptions {
  readonly queue: Pick<EventQueue, 'add' | 'size'>;
  /** Events that are stored together. */
  readonly maxBatchSize: number;
  /** Milliseconds until an event is stored; 0: at the end of its turn of the event loop. Not for 'each'. */
  readonly maxWaitMs: number;
  readonly durability: 'batch' | 'each';
  /** Refuse requests while events cannot be stored, instead of serving them without. */
  readonly strict: boolean;
  readonly log: { error(fields: object, message: string): void; info(fields: object, message: string): void };
}

/** A first event whose request waits. */
interface Offer {
  /** Its place among the gathered lines. */
  readonly at: number;
  settle(taken: boolean): void;
}

/** Lines that the queue has refused. */
interface Refused {
  readonly value: string;
  readonly events: number;
}

/** Gathered characters from which they are stored at once: bounds an entry of the store. */
const MAX_CHARACTERS = 256 * 1024;
const RETRY_MS = 1000;
/** What is kept in memory while the queue refuses; later events are dropped and counted. */
const MAX_BACKLOG_CHARACTERS = 16 * 1024 * 1024;

/**
 * The first half of the webhook: gathers events and brings them to the durable queue, a batch in one write.
 * 'each': events are stored at the end of their turn, all in one write, and a request waits for its first one. A write of
 * its own is for a first event that comes late only: a write costs milliseconds on some disks, and everybody waits for it.
 */
export class EventStore implements AuditBackend {
  readonly durability: 'batch' | 'each';
  readonly #options: EventStoreOptions;
  readonly #flushAtExit = () => void this.flush();
  readonly #running = new Set<Promise<void>>();
  #lines: string[] = [];
  #characters = 0;
  #offers: Offer[] = [];
  #backlog: Refused[] = [];
  #backlogCharacters = 0;
  #dropped = 0;
  #tick: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Set while the queue refuses: no attempt before. */
  #retry: NodeJS.Timeout | undefined;
  #trying = false;
  /** An attempt has failed, and none has worked since. */
  #troubled = false;
  #closed = false;

  constructor(options: EventStoreOptions) {
    this.#options = options;
    this.durability = options.durability;
    process.on('exit', this.#flushAtExit);
  }

  refusing(): boolean {
    return this.#options.strict && this.#retry !== undefined;
  }

  offer(line: string): boolean | Promise<boolean> {
    if (this.#options.strict && (this.refusing() || this.#closed)) return false;
    if (this.durability === 'batch' || this.#closed) {
      this.write(line);
      return true;
    }
    return new Promise((settle) => {
      this.#offers.push({ at: this.#lines.length, settle });
      this.#add(line);
      this.#schedule(0);
    });
  }

  write(line: string): void {
    if (this.#isClosed()) return;
    this.#add(line);
    if (this.#isFull()) void this.#gather();
    else this.#schedule(this.durability === 'each' ? 0 : this.#options.maxWaitMs);
  }

  writeFirst(line: string): Promise<void> | undefined {
    if (this.durability === 'each' && !this.#isClosed()) {
      this.#add(line);
      return this.#gather();
    }
    this.write(line);
    return undefined;
  }

  async flush(): Promise<void> {
    this.#tryAgain();
    void this.#gather();
    await Promise.all(this.#running);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.flush();
    process.off('exit', this.#flushAtExit);
    clearTimeout(this.#retry);
    if (this.#backlog.length > 0) this.#options.log.error(this.#state(), 'audit events lost at shutdown');
  }

  #isClosed(): boolean {
    if (this.#closed) this.#options.log.error({}, 'audit event after the audit webhook was closed');
    return this.#closed;
  }

  #add(line: string): void {
    this.#lines.push(line);
    this.#characters += line.length;
  }

  #isFull(): boolean {
    return this.#lines.length >= this.#options.maxBatchSize || this.#characters >= MAX_CHARACTERS;
  }

  #schedule(waitMs: number): void {
    if (waitMs === 0) this.#tick ??= setImmediate(() => void this.#gather());
    else this.#timer ??= setTimeout(() => void this.#gather(), waitMs).unref();
  }

  /** Brings the gathered lines to the queue, or behind those that wait for it. @returns resolves when they are there */
  #gather(): Promise<void> | undefined {
    clearImmediate(this.#tick);
    clearTimeout(this.#timer);
    this.#tick = undefined;
    this.#timer = undefined;
    if (this.#lines.length === 0) return undefined;
    const lines = this.#lines;
    const offers = this.#offers;
    this.#lines = [];
    this.#offers = [];
    this.#characters = 0;
    if (this.#retry === undefined) return this.#run(this.#store(lines, offers));
    this.#refused(lines, offers);
    return undefined;
  }

  async #store(lines: readonly string[], offers: readonly Offer[]): Promise<void> {
    try {
      await this.#options.queue.add([packEvents(lines)]);
    } catch (error) {
      this.#failed(error);
      this.#refused(lines, offers);
      return;
    }
    this.#worked();
    for (const { settle } of offers) settle(true);
  }

  /** A strict backend takes no first event that it cannot store; what has happened already is kept. */
  #refused(lines: readonly string[], offers: readonly Offer[]): void {
    const { strict } = this.#options;
    const refused = strict ? new Set(offers.map(({ at }) => at)) : undefined;
    const kept = refused === undefined ? lines : lines.filter((_, at) => !refused.has(at));
    if (kept.length > 0) this.#keep({ value: packEvents(kept), events: kept.length });
    for (const { settle } of offers) settle(!strict);
  }

  #keep(refused: Refused): void {
    if (this.#backlogCharacters + refused.value.length <= MAX_BACKLOG_CHARACTERS) {
      this.#backlog.push(refused);
      this.#backlogCharacters += refused.value.length;
      return;
    }
    if (this.#dropped === 0) this.#options.log.error(this.#state(), 'audit events are being dropped');
    this.#dropped += refused.events;
  }

  #failed(error: unknown): void {
    if (!this.#troubled) {
      this.#troubled = true;
      this.#options.log.error({ err: error, ...this.#state() }, 'audit events cannot be stored');
    }
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#tryAgain(), RETRY_MS).unref();
  }

  #worked(): void {
    if (!this.#troubled || this.#backlog.length > 0) return;
    this.#troubled = false;
    this.#options.log.info(this.#state(), 'audit events can be stored again');
    this.#dropped = 0;
  }

  /** Until the backlog is stored, what comes in goes behind it. Without one, the next event shows whether it works. */
  #tryAgain(): void {
    if (this.#retry === undefined || this.#trying) return;
    clearTimeout(this.#retry);
    if (this.#backlog.length === 0) this.#retry = undefined;
    else void this.#run(this.#storeBacklog());
  }

  async #storeBacklog(): Promise<void> {
    const tried = this.#backlog;
    this.#trying = true;
    try {
      await this.#options.queue.add(tried.map(({ value }) => value));
    } catch (error) {
      this.#failed(error);
      return;
    } finally {
      this.#trying = false;
    }
    this.#backlog = this.#backlog.slice(tried.length);
    this.#backlogCharacters = this.#backlog.reduce((sum, { value }) => sum + value.length, 0);
    // What came in meanwhile goes next.
    this.#tryAgain();
    this.#worked();
  }

  #run(work: Promise<void>): Promise<void> {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
    return work;
  }

  #state(): object {
    const { items, bytes } = this.#options.queue.size();
    const waitingEvents = this.#backlog.reduce((sum, { events }) => sum + events, 0);
    return { queuedBatches: items, queuedBytes: bytes, waitingEvents, dropped: this.#dropped };
  }
}
