/**
 * Kubernetes' rules for names and labels. Each function gives the reasons why a value is not valid, in
 * kube-apiserver's words; an empty list means that it is.
 * Source: Kubernetes apimachinery pkg/util/validation, pkg/api/validate/content, pkg/api/validation/path.
 */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const DNS1035_LABEL = '[a-z]([-a-z0-9]*[a-z0-9])?';
const LABEL_KEY_NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${LABEL_KEY_NAME})?`;

const MAX_LABEL = 63;
const MAX_SUBDOMAIN = 253;

const LABEL_PATTERN = whole(LABEL);
const SUBDOMAIN_PATTERN = whole(SUBDOMAIN);
const DNS1035_LABEL_PATTERN = whole(DNS1035_LABEL);
const LABEL_KEY_NAME_PATTERN = whole(LABEL_KEY_NAME);
const LABEL_VALUE_PATTERN = whole(LABEL_VALUE);

const LABEL_RULE = patternRule(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  LABEL,
  ['my-name', '123-abc'],
);
const SUBDOMAIN_RULE = patternRule(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  SUBDOMAIN,
  ['example.com'],
);
const DNS1035_LABEL_RULE = patternRule(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  DNS1035_LABEL,
  ['my-name', 'abc-123'],
);
const LABEL_KEY_RULE = patternRule(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_KEY_NAME,
  ['MyName', 'my.name', '123-abc'],
);
const LABEL_VALUE_RULE = patternRule(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_VALUE,
  ['MyValue', 'my_value', '12345'],
);

/** Names of namespaces and of containers. */
export function dns1123LabelErrors(value: string): string[] {
  const errors = lengthErrors(value, MAX_LABEL, 'characters');
  if (!LABEL_PATTERN.test(value)) {
    errors.push(SUBDOMAIN_PATTERN.test(value) ? 'must not contain dots' : LABEL_RULE);
  }
  return errors;
}

/** Names of most objects. */
export function dns1123SubdomainErrors(value: string): string[] {
  return subdomainErrors(value, 'characters');
}

/** Names of services. */
export function dns1035LabelErrors(value: string): string[] {
  const errors = lengthErrors(value, MAX_LABEL, 'characters');
  if (!DNS1035_LABEL_PATTERN.test(value)) errors.push(DNS1035_LABEL_RULE);
  return errors;
}

/** Names of RBAC objects, and what may stand as one segment of a path at all. */
export function pathSegmentNameErrors(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  const errors: string[] = [];
  if (value.includes('/')) errors.push("may not contain '/'");
  if (value.includes('%')) errors.push("may not contain '%'");
  return errors;
}

/** Keys of labels and annotations: `name` or `prefix/name` ("qualified names"). */
export function labelKeyErrors(value: string): string[] {
  const parts = value.split('/');
  if (parts.length > 2) {
    return [
      `a valid label key ${LABEL_KEY_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const errors: string[] = [];
  const name = parts.at(-1) ?? '';
  if (parts.length === 2) errors.push(...prefixErrors(parts[0] ?? ''));
  if (name === '') errors.push('name part must be non-empty');
  else errors.push(...lengthErrors(name, MAX_LABEL, 'bytes').map((error) => `name part ${error}`));
  if (!LABEL_KEY_NAME_PATTERN.test(name)) errors.push(`name part ${LABEL_KEY_RULE}`);
  return errors;
}

export function labelValueErrors(value: string): string[] {
  const errors = lengthErrors(value, MAX_LABEL, 'bytes');
  if (!LABEL_VALUE_PATTERN.test(value)) errors.push(LABEL_VALUE_RULE);
  return errors;
}

function prefixErrors(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return subdomainErrors(prefix, 'bytes').map((error) => `prefix part ${error}`);
}

function subdomainErrors(value: string, unit: 'bytes' | 'characters'): string[] {
  const errors = lengthErrors(value, MAX_SUBDOMAIN, unit);
  if (!SUBDOMAIN_PATTERN.test(value)) errors.push(SUBDOMAIN_RULE);
  return errors;
}

/** Kubernetes counts bytes in both cases and only names them differently. */
function lengthErrors(value: string, max: number, unit: 'bytes' | 'characters'): string[] {
  return Buffer.byteLength(value) > max ? [`must be no more than ${max} ${unit}`] : [];
}

function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}

function patternRule(rule: string, pattern: string, examples: readonly string[]): string {
  const quoted = examples.map((example) => `'${example}', `).join(' or ');
  return `${rule} (e.g. ${quoted}regex used for validation is '${pattern}')`;
}
