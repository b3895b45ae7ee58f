/** A patch that is well formed but does not fit the object. */
export class PatchFailure extends Error {
  override readonly name = 'PatchFailure';
}
