import { isIP, isIPv4, isIPv6 } from 'node:net';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../../kube/index.ts';

type Format = (text: string) => boolean;

function like(pattern: RegExp): Format {
  return (text) => pattern.test(text);
}

const digits = (text: string): string => text.replaceAll(/\D/g, '');

function isCidr(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/');
  const version = isIP(address);
  return (
    rest.length === 0 &&
    version !== 0 &&
    /^\d{1,3}$/.test(length) &&
    Number(length) <= (version === 4 ? 32 : 128)
  );
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  // A parser that takes the 31st of February makes the 3rd of March of it.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function isDateTime(text: string): boolean {
  const [date = '', time = ''] = text.toLowerCase().split('t');
  const [, hour = '', minute = '', second = ''] =
    /^([0-9]{2}):([0-9]{2}):([0-9]{2})(?:.[0-9]+)?(?:z|[+-][0-9]{2}:[0-9]{2})$/.exec(time) ?? [];
  return isDate(date) && hour !== '' && hour <= '23' && minute <= '59' && second <= '59';
}

function isIsbn10(text: string): boolean {
  const code = text.replaceAll(/[\s-]/g, '');
  if (!/^\d{9}[\dXx]$/.test(code)) return false;
  const sum = [...code].reduce(
    (total, digit, index) => total + (index + 1) * (/\d/.test(digit) ? Number(digit) : 10),
    0,
  );
  return sum % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const code = text.replaceAll(/[\s-]/g, '');
  if (!/^\d{13}$/.test(code)) return false;
  return (
    [...code].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0) % 10 === 0
  );
}

/** Luhn. */
function isCreditCard(text: string): boolean {
  const code = digits(text);
  const isCard =
    /^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11})$/;
  const sum = [...code].toReversed().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return isCard.test(code) && sum % 10 === 0;
}

const rgbPart = '\\s*(?:0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*';

/** By name without dashes. Source: kube-openapi/pkg/validation/strfmt, apiextensions-apiserver/pkg/apiserver/validation/formats.go. */
const formats: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['bsonobjectid', like(/^[0-9a-f]{24}$/i)],
  ['uri', (text) => text.startsWith('/') || (/^[a-z][a-z0-9+.-]*:/i.test(text) && URL.canParse(text))],
  ['email', like(/^(?:[^<>]*<)?[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\"]+>?$/)],
  [
    'hostname',
    (text) =>
      text.length <= 255 &&
      /^(?:[\p{L}\p{S}\d](?:[\p{L}\p{S}\d-]{0,61}[\p{L}\p{S}\d])?)(?:\.[\p{L}\p{S}\d](?:[\p{L}\p{S}\d-]{0,61}[\p{L}\p{S}\d])?)*$/u.test(
        text,
      ),
  ],
  ['ipv4', isIPv4],
  ['ipv6', isIPv6],
  ['cidr', isCidr],
  ['mac', like(/^(?:[\da-f]{2}([:-])(?:[\da-f]{2}\1){4,6}[\da-f]{2}|(?:[\da-f]{4}\.){2,3}[\da-f]{4})$/i)],
  ['uuid', like(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i)],
  ['uuid3', like(/^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i)],
  ['uuid4', like(/^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i)],
  ['uuid5', like(/^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i)],
  ['isbn', (text) => isIsbn10(text) || isIsbn13(text)],
  ['isbn10', isIsbn10],
  ['isbn13', isIsbn13],
  ['creditcard', isCreditCard],
  ['ssn', like(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/)],
  ['hexcolor', like(/^#?(?:[0-9a-f]{3}|[0-9a-f]{6})$/i)],
  ['rgbcolor', like(new RegExp(`^rgb\\(${rgbPart},${rgbPart},${rgbPart}\\)$`))],
  ['byte', like(/^(?:[A-Za-z0-9+/]{4})+$|^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)$/)],
  ['password', () => true],
  ['date', isDate],
  [
    'duration',
    like(/^[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|[µμ]s|ms|s|m|h))+)$|^\s*(?:\d+\s*[a-zµμ]+\s*)+$/i),
  ],
  ['datetime', isDateTime],
  ['k8sshortname', (text) => dns1123LabelErrors(text).length === 0],
  ['k8slongname', (text) => dns1123SubdomainErrors(text).length === 0],
]);

const plain = (format: string): string => format.replaceAll('-', '');

/** What a schema names beyond these is not looked at. */
export function isKnownFormat(format: string): boolean {
  return formats.has(plain(format));
}

export function matchesFormat(format: string, text: string): boolean {
  return formats.get(plain(format))?.(text) ?? true;
}
