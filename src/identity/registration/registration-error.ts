/** What is wrong with a registration (RFC 7591 §3.2.2, RFC 6750 §3.1), or why there can be none now. */
export type RegistrationFault =
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata'
  | 'invalid_request'
  | 'invalid_token'
  | 'temporarily_unavailable';

export class RegistrationError extends Error {
  readonly code = 'SP_IDENTITY_REGISTRATION';
  readonly fault: RegistrationFault;
  /** What of the registration it is about, by its name in RFC 7591. */
  readonly member: string | undefined;

  constructor(fault: RegistrationFault, message: string, member?: string) {
    super(message);
    this.fault = fault;
    this.member = member;
  }
}
