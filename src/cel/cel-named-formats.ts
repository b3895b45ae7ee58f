import type { FunctionTable } from './cel-function.ts';
import { CelError, type CelObject, celObject } from './cel-value.ts';

const FORMAT = 'kubernetes.NamedFormat';

/** A kind of text, and how Kubernetes says what a text of it looks like. */
interface NamedFormat {
  readonly pattern: RegExp;
  readonly longest?: number;
  readonly says: string;
}

const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const oldLabel =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const value =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** Source: apiserver/pkg/cel/library/format.go. A prefix may end where a name could go on. */
const formats: ReadonlyMap<string, NamedFormat> = new Map<string, NamedFormat>([
  ['dns1123Label', { pattern: /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/, longest: 63, says: label }],
  ['dns1123LabelPrefix', { pattern: /^[a-z0-9][-a-z0-9]*$/, longest: 63, says: label }],
  [
    'dns1123Subdomain',
    {
      pattern: /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
      longest: 253,
      says: subdomain,
    },
  ],
  [
    'dns1123SubdomainPrefix',
    {
      pattern: /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*[-.]?$/,
      longest: 253,
      says: subdomain,
    },
  ],
  ['dns1035Label', { pattern: /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/, longest: 63, says: oldLabel }],
  ['dns1035LabelPrefix', { pattern: /^[a-z][-a-z0-9]*$/, longest: 63, says: oldLabel }],
  ['labelValue', { pattern: /^(?:(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/, longest: 63, says: value }],
  [
    'qualifiedName',
    {
      pattern: /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
      says: "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    },
  ],
  ['uri', { pattern: /^(?:\/|[A-Za-z][A-Za-z0-9+.-]*:)\S*$/, says: 'invalid URI for request' }],
  [
    'uuid',
    {
      pattern: /^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$/,
      says: 'does not match the UUID format',
    },
  ],
  [
    'byte',
    { pattern: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, says: 'invalid base64' },
  ],
  ['date', { pattern: /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, says: 'invalid date' }],
  [
    'datetime',
    {
      pattern:
        /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/,
      says: 'invalid datetime',
    },
  ],
]);

function validate({ value: name }: CelObject, text: string): CelObject {
  const format = formats.get(name as string);
  if (format === undefined) throw new CelError('no such format');
  const problems = [
    ...(format.longest !== undefined && text.length > format.longest
      ? [`must be no more than ${format.longest} characters`]
      : []),
    ...(format.pattern.test(text) ? [] : [format.says]),
  ];
  return celObject('optional', problems.length === 0 ? undefined : problems);
}

/** Kubernetes' format library. */
export const namedFormats: FunctionTable = {
  ...Object.fromEntries(
    [...formats.keys()].map((name) => [`format.${name}(): ${FORMAT}`, () => celObject(FORMAT, name)]),
  ),
  [`format.named(string): optional<${FORMAT}>`]: (name: string) =>
    celObject('optional', formats.has(name) ? celObject(FORMAT, name) : undefined),
  [`${FORMAT}.validate(string): optional<list<string>>`]: validate,
};
