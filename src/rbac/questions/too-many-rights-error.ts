/** An answer that would be too large to be of use: a policy made to be so, or a question asked too widely. */
export class TooManyRightsError extends Error {
  override readonly name = 'TooManyRightsError';
  readonly code = 'SP_RBAC_TOO_MANY_RIGHTS';
}
