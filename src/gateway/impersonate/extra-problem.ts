import {
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
  fieldErrorsText,
  goQuote,
} from '../../kube/index.ts';

const FIELD = 'extra.key';
const PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const WHOLE_PATH = new RegExp(`^${PATH}$`);

/**
 * Why extra cannot be impersonated in a constrained mode: keys must be lower-case domain-prefixed paths, values not
 * empty. Source: Kubernetes filters/impersonation/mode.go, apimachinery validation IsDomainPrefixedPath.
 */
export function extraProblem(extra: ReadonlyMap<string, readonly string[]>): string | undefined {
  for (const [key, values] of extra) {
    if (key === '') return 'impersonating the empty string key in extra is not allowed';
    const errors = domainPrefixedPathErrors(key);
    if (errors.length > 0) {
      return `impersonating an invalid key in extra is not allowed: ${fieldErrorsText(errors)}`;
    }
    if (key !== key.toLowerCase()) {
      return `impersonating a non-lowercase key in extra is not allowed: ${goQuote(key)}`;
    }
    if (values.includes('')) return 'impersonating the empty string value in extra is not allowed';
  }
  return undefined;
}

function domainPrefixedPathErrors(key: string): FieldError[] {
  const slash = key.indexOf('/');
  if (slash <= 0 || slash === key.length - 1) {
    return [fieldError.invalid(FIELD, key, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  }
  const host = key.slice(0, slash);
  const path = key.slice(slash + 1);
  const errors = dns1123SubdomainErrors(host).map((error) => fieldError.invalid(FIELD, host, error));
  if (!WHOLE_PATH.test(path)) {
    errors.push(fieldError.invalid(FIELD, path, `Invalid path (regex used for validation is '${PATH}')`));
  }
  return errors;
}
