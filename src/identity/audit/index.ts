/**
 * The trail of who did what to whom: sign-ins, tokens, the ends of sessions, and every change of accounts, groups and keys.
 * Owns the shape of an event. Does not own where events are kept, and never sees a password, a token or a login that is
 * nobody's.
 */
export { type Audited, audited } from './audited.ts';
export { eventMembers, identityEventList } from './event-line.ts';
export { type GatheredAudit, gatherRepeats } from './gather-repeats.ts';
export { type IdentityAction, identityActionNames, identityActions } from './identity-actions.ts';
export type { Actor, IdentityAudit, IdentityEvent, Trace } from './identity-audit.ts';
export { createLineAudit } from './line-audit.ts';
export { createLogAudit } from './log-audit.ts';
export { keepRecent, type RecentEvents } from './recent-events.ts';
