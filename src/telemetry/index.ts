/**
 * What operators see: logs and metrics. Owns form and redaction, not what is worth saying.
 */
export { answerTelemetry, type TelemetryAnswers } from './answer-telemetry.ts';
export { createLog, gatherLines, type Log, type LogOptions } from './log/index.ts';
export type { FamilyInfo } from './metrics/family.ts';
export { Registry } from './metrics/registry.ts';
