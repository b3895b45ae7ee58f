import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
} from '../../../kube/index.ts';
import { asJsonArray, asText } from '../json-object.ts';
import { all, duplicateErrors, type Rule, within } from './rules.ts';

type Json = Record<string, unknown>;

const fewestSeconds = 600;

const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

const request: Rule = ({ request: given }, path) => {
  const pem = Buffer.from(asText(given) ?? '', 'base64').toString('latin1');
  if (/^-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----\r?\n/m.test(pem)) return [];
  const detail = 'PEM block type must be CERTIFICATE REQUEST';
  return [fieldError.invalid(`${path}.request`, given ?? null, detail)];
};

const usage: Rule = (spec, path) => {
  const wanted = asJsonArray(spec['usages']);
  const place = (index: number) => `${path}.usages[${index}]`;
  if (wanted.length === 0) return [fieldError.required(`${path}.usages`)];
  return [
    ...wanted.flatMap((each, index) =>
      usages.includes(String(each)) ? [] : [fieldError.notSupported(place(index), each, usages)],
    ),
    ...duplicateErrors(wanted, place),
  ];
};

/** `example.com/signer-name`. Source: Kubernetes pkg/apis/certificates/validation ValidateSignerName. */
const signer: Rule = ({ signerName }, path) => {
  const place = `${path}.signerName`;
  const name = asText(signerName);
  if (name === undefined) return [fieldError.required(place)];
  const [domain = '', rest, ...more] = name.split('/');
  if (rest === undefined || more.length > 0) {
    const detail = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    return [fieldError.invalid(place, name, detail)];
  }
  const errors = labelled(domain.split('.'), domain, place, dns1123LabelErrors);
  if (domain.split('.').length < 2) {
    const detail = 'should be a domain with at least two segments separated by dots';
    errors.push(fieldError.invalid(place, domain, detail));
  }
  errors.push(...labelled(rest.split('.'), rest, place, dns1123SubdomainErrors));
  if (name.length > 571) errors.push(fieldError.tooLong(place, 571));
  return errors;
};

function labelled(
  labels: readonly string[],
  whole: string,
  path: string,
  judge: (text: string) => readonly string[],
): FieldError[] {
  return labels.flatMap((label) =>
    judge(label).map((detail) => fieldError.invalid(path, whole, `validating label "${label}": ${detail}`)),
  );
}

const legacy: Rule = ({ signerName }, path) => {
  if (signerName !== 'kubernetes.io/legacy-unknown') return [];
  const detail = 'the legacy signerName is not allowed via this API version';
  return [fieldError.invalid(`${path}.signerName`, signerName, detail)];
};

const newRequest: Rule = all(
  request,
  usage,
  signer,
  legacy,
  within(
    'expirationSeconds',
    fewestSeconds,
    Number.POSITIVE_INFINITY,
    'may not specify a duration less than 600 seconds (10 minutes)',
  ),
);

/** What is asked for never changes: an update keeps it. Source: ValidateCertificateSigningRequestCreate. */
export function validateCertificateSigningRequest(spec: Json, oldSpec: Json | undefined): FieldError[] {
  return oldSpec === undefined ? newRequest(spec, 'spec') : [];
}
