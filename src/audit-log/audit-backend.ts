/** Where events go. A line is one event's JSON without a newline. */
export interface AuditBackend {
  /** 'each': of every request that is answered an event is stored before; 'batch': soon after. */
  readonly durability: 'batch' | 'each';
  /** True while events cannot be stored and requests must be refused for it. Never, when the backend is not strict. */
  refusing(): boolean;
  /**
   * Takes the first event of a request, which waits for the promise. False: it was not taken and never will be, the
   * request must be refused. Never rejects.
   */
  offer(line: string): boolean | Promise<boolean>;
  /**
   * Takes a later event. What happened cannot be refused any more, so it is kept until it can be stored.
   * @param urgent nothing is stored yet of a request that was let through: with 'each' it is the next that is written. Nobody
   * waits for it: a process that is killed within the write before (some milliseconds) has not stored it
   */
  write(line: string, urgent?: boolean): void;
  /** Stores now what waits. */
  flush(): void | Promise<void>;
  /** Flushes and ends. */
  close(): void | Promise<void>;
}
