/** A patch that is well formed but does not fit the object. */
export class PatchFailure extends Error {
  override readonly name = 'PatchFailure';
  /** Of a JSON Patch, the operation that does not. */
  operation?: Readonly<Record<string, unknown>>;
}
