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
  /** Takes a later event. What happened cannot be refused any more, so it is kept until it can be stored. */
  write(line: string): void;
  /**
   * Takes a later event that is the first of a request which was let through: with 'each' it is the next that is stored.
   * @returns what the end of the answer waits for, where storing takes time. Never rejects
   */
  writeFirst(line: string): Promise<void> | undefined;
  /** Stores now what waits. */
  flush(): void | Promise<void>;
  /** Flushes and ends. */
  close(): void | Promise<void>;
}
