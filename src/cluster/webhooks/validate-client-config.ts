import { X509Certificate } from 'node:crypto';
import { dns1123SubdomainErrors, type FieldError, fieldError } from '../../kube/index.ts';
import { type ClientConfig, caBundleOf, type WebhookService } from './client-config.ts';

/** What is wrong with where a webhook is. Source: apiserver/pkg/util/webhook/validation.go. */
export function addressErrors({ url, service }: ClientConfig, path: string): FieldError[] {
  if ((url === undefined) === (service === undefined)) {
    return [fieldError.required(path, 'exactly one of url or service is required')];
  }
  if (url !== undefined) return urlErrors(url, `${path}.url`);
  return service === undefined ? [] : serviceErrors(service, `${path}.service`);
}

const form = '; desired format: https://host[/path]';

function urlErrors(text: string, path: string): FieldError[] {
  const url = URL.parse(text);
  // Of what names no scheme Go makes a path.
  if (url === null && text.includes('://')) {
    const problem = `parse ${JSON.stringify(text)}: invalid URI for request`;
    return [fieldError.required(path, `url must be a valid URL: ${problem}${form}`)];
  }
  const { protocol = ':', host = '', username = '', password = '', hash = '', search = '' } = url ?? {};
  const scheme = protocol.slice(0, -1);
  const person = password === '' ? username : `${username}:${password}`;
  const refuse = (wrong: boolean, value: string, detail: string) =>
    wrong ? [fieldError.invalid(path, value, detail)] : [];
  return [
    ...refuse(scheme !== 'https', scheme, `'https' is the only allowed URL scheme${form}`),
    ...refuse(host === '', host, `host must be specified${form}`),
    ...refuse(person !== '', person, 'user information is not permitted in the URL'),
    ...refuse(hash !== '', hash.slice(1), 'fragments are not permitted in the URL'),
    ...refuse(search !== '', search.slice(1), 'query parameters are not permitted in the URL'),
  ];
}

function serviceErrors({ namespace, name, path = '', port = 443 }: WebhookService, at: string): FieldError[] {
  return [
    // Kubernetes calls the two by each other's name.
    ...((name ?? '') === '' ? [fieldError.required(`${at}.namespace`)] : []),
    ...((namespace ?? '') === '' ? [fieldError.required(`${at}.name`)] : []),
    ...(port >= 1 && port <= 65_535
      ? []
      : [
          fieldError.invalid(`${at}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'),
        ]),
    ...pathErrors(path, `${at}.path`),
  ];
}

function pathErrors(path: string, at: string): FieldError[] {
  if (path === '' || path === '/') return [];
  const refuse = (detail: string) => fieldError.invalid(at, path, detail);
  if (path === '//') return [refuse('segment[0] may not be empty')];
  const segments = path.slice(1).replace(/\/$/, '').split('/');
  return [
    ...(path.startsWith('/') ? [] : [refuse("must start with a '/'")]),
    ...segments.flatMap((segment, index) =>
      segment === ''
        ? [refuse(`segment[${index}] may not be empty`)]
        : dns1123SubdomainErrors(segment).map((detail) => refuse(`segment[${index}]: ${detail}`)),
    ),
  ];
}

/** What is wrong with the authorities that a webhook's certificate may come from. Source: client-go/transport rootCertPool. */
export function caBundleErrors(config: Pick<ClientConfig, 'caBundle'>, path: string): FieldError[] {
  if ((config.caBundle ?? '') === '') return [];
  const problem = bundleProblem(caBundleOf(config) ?? '');
  if (problem === undefined) return [];
  const detail = `unable to load root certificates: ${problem}`;
  return [fieldError.invalid(`${path}.caBundle`, config.caBundle, detail)];
}

function bundleProblem(pem: string): string | undefined {
  const certificates = blocksOf(pem, 'CERTIFICATE');
  if (certificates.some(isCertificate)) return undefined;
  if (certificates.length > 0) return 'failed to parse certificate: x509: malformed certificate';
  return pem.includes('-----BEGIN ') && pem.includes('-----END ')
    ? 'no valid certificate authority data seen'
    : 'unable to parse bytes as PEM block';
}

/** The blocks of a text with this label, each whole. */
function blocksOf(pem: string, label: string): readonly string[] {
  const [begin, end] = [`-----BEGIN ${label}-----`, `-----END ${label}-----`];
  return pem
    .split(begin)
    .slice(1)
    .flatMap((rest) => {
      const length = rest.indexOf(end);
      return length < 0 ? [] : [begin + rest.slice(0, length) + end];
    });
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
