/**
 * - `denied`: the provider says no, or the person has
 * - `refused`: it says yes, but to somebody who does not come in here
 * - `invalid`: its answer proves nothing
 * - `unreachable`: it gives no answer, or none that can be used; another time it may
 */
export type ConnectorFault = 'denied' | 'refused' | 'invalid' | 'unreachable';

/** Why somebody is not signed in by a connector. The message is for operators. */
export class ConnectorError extends Error {
  readonly code = 'SP_IDENTITY_CONNECTOR';
  readonly fault: ConnectorFault;

  constructor(fault: ConnectorFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}
