import { isDeepStrictEqual } from 'node:util';
import { dns1123LabelErrors, type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject } from '../json-object.ts';
import { invalidFor } from './rules.ts';
import { labelErrors } from './validate-metadata.ts';
import { validateContainerResources } from './validate-resources.ts';
import { tolerationErrors } from './validate-scheduling.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/node/validation ValidateRuntimeClass, ValidateRuntimeClassUpdate. */
export function validateRuntimeClass(runtime: KubeObject, old: KubeObject | undefined): FieldError[] {
  const { handler = '', overhead, scheduling } = runtime;
  const errors = invalidFor(handler, 'handler', dns1123LabelErrors);
  if (overhead !== undefined) {
    const limits = asJsonObject(overhead)['podFixed'];
    errors.push(...validateContainerResources({ limits }, 'overhead'));
  }
  if (scheduling !== undefined) errors.push(...schedulingErrors(asJsonObject(scheduling)));
  return old === undefined || old['handler'] === handler
    ? errors
    : [...errors, fieldError.invalid('handler', handler, 'field is immutable')];
}

function schedulingErrors({ nodeSelector, tolerations }: Json): FieldError[] {
  const path = 'scheduling.tolerations';
  const listed = asJsonArray(tolerations).map(asJsonObject);
  const repeated = listed.flatMap((each, index) =>
    listed.slice(0, index).some((other) => isDeepStrictEqual(other, each))
      ? [fieldError.duplicate(`${path}[${index}]`, shown(each))]
      : [],
  );
  return [
    ...labelErrors(nodeSelector, 'scheduling.nodeSelector'),
    ...tolerationErrors(tolerations, path),
    ...repeated,
  ];
}

/** As Go has it. */
function shown({ key = '', operator = '', value = '', effect = '', tolerationSeconds = null }: Json): Json {
  return { Key: key, Operator: operator, Value: value, Effect: effect, TolerationSeconds: tolerationSeconds };
}
