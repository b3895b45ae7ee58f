import { badRequest, type FieldError, fieldError, goQuote, invalid } from '../../kube/index.ts';
import type { Call } from './handler-context.ts';
import { integerParameter } from './integer-parameter.ts';

export interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** Milliseconds since the epoch; older lines are left out. */
  readonly since: number | undefined;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  readonly stream: 'All' | 'Stdout' | 'Stderr';
}

/**
 * The options of pods/log. Throws StatusError 400 or 422.
 * Source: Kubernetes pkg/apis/core/validation ValidatePodLogOptions.
 * @param now milliseconds since the epoch
 */
export function readLogOptions({ query, name }: Call, now: number): LogOptions {
  const tailLines = integerParameter(query, 'tailLines');
  const limitBytes = integerParameter(query, 'limitBytes');
  const sinceSeconds = integerParameter(query, 'sinceSeconds');
  const sinceTime = readTime(query.text('sinceTime'));
  const stream = query.text('stream') || 'All';
  const errors: FieldError[] = [];
  if (tailLines !== undefined && tailLines < 0) {
    errors.push(fieldError.invalid('tailLines', tailLines, 'must be greater than or equal to 0'));
  }
  if (limitBytes !== undefined && limitBytes < 1) {
    errors.push(fieldError.invalid('limitBytes', limitBytes, 'must be greater than 0'));
  }
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    errors.push(fieldError.forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) {
    errors.push(fieldError.invalid('sinceSeconds', sinceSeconds, 'must be greater than 0'));
  }
  if (!isStream(stream)) {
    errors.push(fieldError.notSupported('stream', stream, ['All', 'Stdout', 'Stderr']));
  } else if (stream !== 'All' && tailLines !== undefined) {
    errors.push(
      fieldError.forbidden('tailLines', '`tailLines` and specific `stream` are mutually exclusive for now'),
    );
  }
  if (errors.length > 0 || !isStream(stream))
    throw invalid({ group: '', kind: 'PodLogOptions' }, name, errors);
  const flag = (parameter: string) => query.bool(parameter) ?? false;
  return {
    follow: flag('follow'),
    previous: flag('previous'),
    timestamps: flag('timestamps'),
    since: sinceTime ?? (sinceSeconds === undefined ? undefined : now - sinceSeconds * 1000),
    tailLines,
    limitBytes,
    stream,
  };
}

function isStream(text: string): text is LogOptions['stream'] {
  return text === 'All' || text === 'Stdout' || text === 'Stderr';
}

function readTime(text: string): number | undefined {
  if (text === '') return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw badRequest(`parsing time ${goQuote(text)} as RFC 3339 failed`);
  return time;
}
