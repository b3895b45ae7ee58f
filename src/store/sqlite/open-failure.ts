import { StoreOpenError, type StoreOpenErrorCode } from '../store-open-error.ts';

type Explanation = readonly [code: StoreOpenErrorCode, problem: string, remedy: string];

const LOCKED: Explanation = [
  'SP_STORE_LOCKED',
  'another process has it open',
  'stop that process or name another file',
];
const PERMISSION: Explanation = [
  'SP_STORE_PERMISSION',
  'this process may not read and write it',
  'make the file and its directory writable for the user that runs this process',
];
const NO_DIRECTORY: Explanation = [
  'SP_STORE_NO_DIRECTORY',
  'its directory does not exist',
  'create the directory',
];
const NO_FILE: Explanation = ['SP_STORE_OPEN_FAILED', 'it is a directory', 'name a file in it'];
const CORRUPT: Explanation = [
  'SP_STORE_CORRUPT',
  'it is damaged or no database',
  'restore it from a backup or move it away',
];
const DISK: Explanation = ['SP_STORE_DISK', 'the disk is full or failing', 'free space or replace the disk'];
const OTHER: Explanation = ['SP_STORE_OPEN_FAILED', 'opening failed', 'see the cause'];

/** By errno of the file system and by SQLite's primary result code (https://www.sqlite.org/rescode.html). */
const EXPLANATIONS: ReadonlyMap<unknown, Explanation> = new Map<unknown, Explanation>([
  ['ENOENT', NO_DIRECTORY],
  ['ENOTDIR', NO_DIRECTORY],
  ['EISDIR', NO_FILE],
  ['EACCES', PERMISSION],
  ['EPERM', PERMISSION],
  ['EROFS', PERMISSION],
  ['ENOSPC', DISK],
  ['EIO', DISK],
  [3, PERMISSION], // SQLITE_PERM
  [5, LOCKED], // SQLITE_BUSY
  [6, LOCKED], // SQLITE_LOCKED
  [8, PERMISSION], // SQLITE_READONLY
  [10, DISK], // SQLITE_IOERR
  [11, CORRUPT], // SQLITE_CORRUPT
  [13, DISK], // SQLITE_FULL
  [14, PERMISSION], // SQLITE_CANTOPEN: the file itself opened, so it is the WAL beside it
  [26, CORRUPT], // SQLITE_NOTADB
]);

/** Says what a failure to open the file means and how to get over it; the failure itself becomes the cause. */
export function toOpenError(failure: unknown, file: string): StoreOpenError {
  if (failure instanceof StoreOpenError) return failure;
  const [code, problem, remedy] = EXPLANATIONS.get(reasonOf(failure)) ?? OTHER;
  return new StoreOpenError(code, file, problem, remedy, { cause: failure });
}

function reasonOf(failure: unknown): unknown {
  if (!(failure instanceof Error)) return undefined;
  if ('errcode' in failure && typeof failure.errcode === 'number') return failure.errcode & 0xff;
  return 'code' in failure ? failure.code : undefined;
}
