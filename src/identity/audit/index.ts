/**
 * The trail of who did what to whom: sign-ins, tokens, the ends of sessions, and every change of accounts, groups and keys.
 * Owns the shape of an event. Does not own where events are kept, and never sees a password, a token or a login that is
 * nobody's.
 */
export { type Audited, audited } from './audited.ts';
export type { Actor, IdentityAction, IdentityAudit, IdentityEvent, Trace } from './identity-audit.ts';
export { createLogAudit } from './log-audit.ts';
