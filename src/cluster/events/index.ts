/**
 * What happens to objects, told as Event objects: once each, counted when it happens again, gone after an hour.
 * What there is to tell is its callers'.
 */
export {
  createEventRecorder,
  type EventRecorder,
  type EventSource,
  type Happening,
} from './event-recorder.ts';
export { type ExpiringEvents, expireEvents } from './expire-events.ts';
