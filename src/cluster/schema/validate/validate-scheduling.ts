import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
  labelKeyErrors,
  labelValueErrors,
} from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { all, invalidFor, oneOf } from './rules.ts';
import { nodeRequirementErrors, selectorErrors } from './validate-selector.ts';

type Json = Record<string, unknown>;

/** Where a pod may and may not go. Source: Kubernetes pkg/apis/core/validation validateAffinity. */
export function affinityErrors(affinity: Json, path: string): FieldError[] {
  return [
    ...nodeAffinityErrors(asJsonObject(affinity['nodeAffinity']), `${path}.nodeAffinity`),
    ...['podAffinity', 'podAntiAffinity'].flatMap((field) =>
      podAffinityErrors(asJsonObject(affinity[field]), `${path}.${field}`),
    ),
  ];
}

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

function nodeAffinityErrors(affinity: Json, path: string): FieldError[] {
  const must = affinity[required];
  const terms = asJsonArray(asJsonObject(must)['nodeSelectorTerms']);
  const at = `${path}.${required}.nodeSelectorTerms`;
  return [
    ...(must !== undefined && terms.length === 0
      ? [fieldError.required(at, 'must have at least one node selector term')]
      : []),
    ...terms.flatMap((term, index) => nodeTermErrors(asJsonObject(term), `${at}[${index}]`)),
    ...asJsonArray(affinity[preferred]).flatMap((value, index) => {
      const { weight, preference } = asJsonObject(value);
      const each = `${path}.${preferred}[${index}]`;
      return [
        ...weightErrors(weight, each),
        ...nodeTermErrors(asJsonObject(preference), `${each}.preference`),
      ];
    }),
  ];
}

function weightErrors(weight: unknown, path: string): FieldError[] {
  if (typeof weight === 'number' && weight >= 1 && weight <= 100) return [];
  return [fieldError.invalid(`${path}.weight`, weight ?? 0, 'must be in the range 1-100')];
}

/** A term of a node selector. Source: ValidateNodeSelectorTerm. */
export function nodeTermErrors(term: Json, path: string): FieldError[] {
  return [
    ...asJsonArray(term['matchExpressions']).flatMap((each, index) =>
      nodeRequirementErrors(each, `${path}.matchExpressions[${index}]`),
    ),
    ...asJsonArray(term['matchFields']).flatMap((each, index) =>
      nodeFieldErrors(asJsonObject(each), `${path}.matchFields[${index}]`),
    ),
  ];
}

function nodeFieldErrors({ key = '', operator = '', values }: Json, path: string): FieldError[] {
  const names = asJsonArray(values);
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn')
    errors.push(fieldError.invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  else if (names.length !== 1) {
    const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(fieldError.required(`${path}.values`, detail));
  }
  if (key !== 'metadata.name')
    return [...errors, fieldError.invalid(`${path}.key`, key, 'not a valid field selector key')];
  const nameErrors = names.flatMap((name, index) =>
    dns1123SubdomainErrors(String(name)).map((detail) =>
      fieldError.invalid(`${path}.values[${index}]`, name, detail),
    ),
  );
  return [...errors, ...nameErrors];
}

function podAffinityErrors(affinity: Json, path: string): FieldError[] {
  return [
    ...asJsonArray(affinity[required]).flatMap((term, index) =>
      podTermErrors(asJsonObject(term), `${path}.${required}[${index}]`),
    ),
    ...asJsonArray(affinity[preferred]).flatMap((value, index) => {
      const { weight, podAffinityTerm } = asJsonObject(value);
      const each = `${path}.${preferred}[${index}]`;
      return [
        ...weightErrors(weight, each),
        ...podTermErrors(asJsonObject(podAffinityTerm), `${each}.podAffinityTerm`),
      ];
    }),
  ];
}

function podTermErrors(term: Json, path: string): FieldError[] {
  const key = asText(term['topologyKey']);
  return [
    ...selectorErrors(term['labelSelector'], `${path}.labelSelector`),
    ...selectorErrors(term['namespaceSelector'], `${path}.namespaceSelector`),
    ...asJsonArray(term['namespaces']).flatMap((name) =>
      dns1123LabelErrors(String(name)).map((detail) => fieldError.invalid(`${path}.namespace`, name, detail)),
    ),
    ...(key === undefined ? [fieldError.required(`${path}.topologyKey`, 'can not be empty')] : []),
    ...labelKeyErrors(key ?? '').map((detail) =>
      fieldError.invalid(`${path}.topologyKey`, key ?? '', detail),
    ),
  ];
}

const whenUnsatisfiable = oneOf('whenUnsatisfiable', ['DoNotSchedule', 'ScheduleAnyway']);
const nodePolicies = all(
  oneOf('nodeAffinityPolicy', ['Honor', 'Ignore']),
  oneOf('nodeTaintsPolicy', ['Honor', 'Ignore']),
);

/** Source: validateTopologySpreadConstraints. */
export function spreadErrors(constraints: readonly unknown[], path: string): FieldError[] {
  const kinds = constraints
    .map(asJsonObject)
    .map((each) => `{${each['topologyKey']}, ${each['whenUnsatisfiable']}}`);
  return constraints.map(asJsonObject).flatMap((each, index) => {
    const at = `${path}[${index}]`;
    const { maxSkew = 0, topologyKey = '' } = each;
    const isAgain = kinds.includes(kinds[index] ?? '', index + 1);
    return [
      ...(Number(maxSkew) <= 0
        ? [fieldError.invalid(`${at}.maxSkew`, maxSkew, 'must be greater than zero')]
        : []),
      ...(topologyKey === '' ? [fieldError.required(`${at}.topologyKey`, 'can not be empty')] : []),
      ...whenUnsatisfiable(each, at),
      ...(isAgain ? [fieldError.duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, kinds[index])] : []),
      ...minDomainsErrors(each, at),
      ...nodePolicies(each, at),
      ...labelKeysErrors(each, at),
      ...selectorErrors(each['labelSelector'], `${at}.labelSelector`),
    ];
  });
}

function minDomainsErrors({ minDomains, whenUnsatisfiable: when = '' }: Json, path: string): FieldError[] {
  if (minDomains === undefined) return [];
  const at = `${path}.minDomains`;
  const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${String(when)}`;
  return [
    ...(Number(minDomains) <= 0 ? [fieldError.invalid(at, minDomains, 'must be greater than zero')] : []),
    ...(when === 'DoNotSchedule' ? [] : [fieldError.invalid(at, minDomains, detail)]),
  ];
}

/** Source: ValidateMatchLabelKeysAndMismatchLabelKeys. */
function labelKeysErrors({ matchLabelKeys, labelSelector }: Json, path: string): FieldError[] {
  const keys = asJsonArray(matchLabelKeys);
  const at = `${path}.matchLabelKeys`;
  if (keys.length > 0 && labelSelector === undefined)
    return [fieldError.forbidden(at, 'must not be specified when labelSelector is not set')];
  return keys.flatMap((key, index) => invalidFor(key, `${at}[${index}]`, labelKeyErrors));
}

const effects = ['', 'NoSchedule', 'PreferNoSchedule', 'NoExecute'];

const operators = ['', 'Equal', 'Exists'];

/** Source: ValidateTolerations. */
export function tolerationErrors(value: unknown, path: string): FieldError[] {
  return asJsonArray(value).flatMap((each, index) => {
    const { key = '', operator = '', value: text = '', effect = '', tolerationSeconds } = asJsonObject(each);
    const at = `${path}[${index}]`;
    const errors =
      key === ''
        ? []
        : labelKeyErrors(String(key)).map((detail) => fieldError.invalid(`${at}.key`, key, detail));
    if (key === '' && operator !== 'Exists') {
      const detail =
        'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(fieldError.invalid(`${at}.operator`, operator, detail));
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
      errors.push(fieldError.invalid(`${at}.effect`, effect, detail));
    }
    if (operator === 'Exists' && text !== '') {
      const detail = "value must be empty when `operator` is 'Exists'";
      errors.push(fieldError.invalid(`${at}.operator`, text, detail));
    }
    if (!operators.includes(String(operator)))
      errors.push(fieldError.notSupported(`${at}.operator`, operator, operators.slice(1)));
    const details = operator === 'Equal' || operator === '' ? labelValueErrors(String(text)) : [];
    if (details.length > 0) errors.push(fieldError.invalid(`${at}.operator`, text, details.join(';')));
    const known = effects.includes(String(effect))
      ? []
      : [fieldError.notSupported(`${at}.effect`, effect, effects.slice(1))];
    return [...errors, ...known];
  });
}
