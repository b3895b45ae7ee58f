/** What somebody wrote in a kubeconfig, or chose of it, can't be used. The message says where; never holds a secret. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
  readonly code = 'SP_KUBECONFIG';
}

/** The kubeconfig is right, and yet there is no credential: its plugin is missing, fails or answers nonsense. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError';
  readonly code = 'SP_CREDENTIAL';
}

/** There is no answer from the API server. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  readonly code = 'SP_UNREACHABLE';
}

/** The API server's refusal, in its own words. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';
  readonly code = 'SP_API';
  readonly status: number;
  /** `reason` of the Status, for example Forbidden or Expired; '' when the answer is no Status. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}
