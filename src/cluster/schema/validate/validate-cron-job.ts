import { type FieldError, fieldError } from '../../../kube/index.ts';
import { isTimeZone, scheduleProblem } from '../../cron/index.ts';
import { asJsonObject, asText } from '../json-object.ts';
import { oneOf } from './rules.ts';
import { jobErrors } from './validate-job.ts';
import { nonNegativeErrors } from './validate-numbers.ts';

type Json = Record<string, unknown>;

const concurrency = oneOf('concurrencyPolicy', ['Allow', 'Forbid', 'Replace']);

/** Source: Kubernetes pkg/apis/batch/validation validateCronJobSpec. */
export function validateCronJob(spec: Json): FieldError[] {
  const job = asJsonObject(asJsonObject(spec['jobTemplate'])['spec']);
  const path = 'spec.jobTemplate.spec';
  const errors = [
    ...scheduleErrors(asText(spec['schedule'])),
    ...nonNegativeErrors(spec, 'startingDeadlineSeconds', 'spec'),
    ...timeZoneErrors(spec['timeZone']),
    ...concurrency(spec, 'spec'),
    ...jobErrors(job, path),
  ];
  if (job['selector'] !== undefined)
    errors.push(fieldError.invalid(`${path}.selector`, job['selector'], '`selector` will be auto-generated'));
  if (job['manualSelector'] === true)
    errors.push(fieldError.notSupported(`${path}.manualSelector`, true, ['nil', 'false']));
  return [
    ...errors,
    ...nonNegativeErrors(spec, 'successfulJobsHistoryLimit', 'spec'),
    ...nonNegativeErrors(spec, 'failedJobsHistoryLimit', 'spec'),
  ];
}

function scheduleErrors(schedule: string | undefined): FieldError[] {
  if (schedule === undefined) return [fieldError.required('spec.schedule')];
  if (schedule.includes('TZ')) {
    const detail = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
    return [fieldError.invalid('spec.schedule', schedule, detail)];
  }
  const problem = scheduleProblem(schedule);
  return problem === undefined ? [] : [fieldError.invalid('spec.schedule', schedule, problem)];
}

function timeZoneErrors(timeZone: unknown): FieldError[] {
  if (typeof timeZone !== 'string') return [];
  const detail = timeZoneProblem(timeZone);
  return detail === undefined ? [] : [fieldError.invalid('spec.timeZone', timeZone, detail)];
}

function timeZoneProblem(timeZone: string): string | undefined {
  if (timeZone === '') return 'timeZone must be nil or non-empty string';
  if (timeZone.toLowerCase() === 'local')
    return 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
  return isTimeZone(timeZone) ? undefined : `unknown time zone ${timeZone}`;
}
