export type StoreOpenErrorCode =
  | 'SP_STORE_LOCKED'
  | 'SP_STORE_NO_DIRECTORY'
  | 'SP_STORE_PERMISSION'
  | 'SP_STORE_DISK'
  | 'SP_STORE_CORRUPT'
  | 'SP_STORE_FOREIGN'
  | 'SP_STORE_NEWER_SCHEMA'
  | 'SP_STORE_UNREACHABLE'
  | 'SP_STORE_TLS'
  | 'SP_STORE_CREDENTIALS'
  | 'SP_STORE_OPEN_FAILED';

/** A store could not be opened. The message names the place, what is wrong, and what to do about it. */
export class StoreOpenError extends Error {
  readonly code: StoreOpenErrorCode;
  constructor(
    code: StoreOpenErrorCode,
    place: string,
    problem: string,
    remedy: string,
    options?: ErrorOptions,
  ) {
    super(`cannot open the store ${place}: ${problem}; ${remedy}`, options);
    this.code = code;
  }
}
