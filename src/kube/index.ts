/**
 * Kubernetes' vocabulary: pure functions and types, no I/O, no clock.
 */
export type { Attributes, Decision } from './attributes.ts';
export type { RequestInfo } from './request-info.ts';
export type { UserInfo } from './user-info.ts';
