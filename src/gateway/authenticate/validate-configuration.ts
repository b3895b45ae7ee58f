import { X509Certificate } from 'node:crypto';
import type {
  RawAuthenticationConfiguration,
  RawClaimMappings,
  RawClaimValidationRule,
  RawIssuer,
  RawPrefixedClaim,
} from './configuration-shape.ts';
import { isLoopbackHost, parseIssuerURL } from './issuer-url.ts';

/** Receives one violation: the field's path, then the text after it in Kubernetes' wording. */
export type Report = (path: string, text: string) => void;

const maximumAuthenticators = 64;
const domainLabel = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = new RegExp(`^${domainLabel}(\\.${domainLabel})*$`);
const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const httpPath = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;
const httpPathText = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";

const required = (detail = ''): string => `Required value${detail === '' ? '' : `: ${detail}`}`;
const invalid = (value: string, detail: string): string =>
  `Invalid value: ${JSON.stringify(value)}: ${detail}`;
const duplicate = (value: string): string => `Duplicate value: ${JSON.stringify(value)}`;
const unsupported = (instead: string): string =>
  `Forbidden: CEL expressions are not supported yet; ${instead}`;

/**
 * Every rule of Kubernetes' validation, in its order and wording.
 * Source: apiserver/pkg/apis/apiserver/validation/validation.go.
 * Two differences: an http issuer is accepted on a loopback host, and CEL is refused.
 */
export function validateConfiguration(raw: RawAuthenticationConfiguration, report: Report): void {
  const jwt = raw.jwt ?? [];
  if (jwt.length > maximumAuthenticators) {
    report('jwt', `Too many: ${jwt.length}: must have at most ${maximumAuthenticators} items`);
  }
  const issuers = new Set<string>();
  const discoveryURLs = new Set<string>();
  for (const [index, authenticator] of jwt.entries()) {
    const path = `jwt[${index}]`;
    validateIssuer(authenticator.issuer ?? {}, `${path}.issuer`, issuers, discoveryURLs, report);
    validateClaimRules(authenticator.claimValidationRules ?? [], `${path}.claimValidationRules`, report);
    validateClaimMappings(authenticator.claimMappings ?? {}, `${path}.claimMappings`, report);
    const rules = authenticator.userValidationRules ?? [];
    const seen = new Set<string>();
    for (const [ruleIndex, { expression = '' }] of rules.entries()) {
      const rulePath = `${path}.userValidationRules[${ruleIndex}].expression`;
      if (expression === '') report(rulePath, required());
      else if (seen.has(expression)) report(rulePath, duplicate(expression));
      else report(rulePath, unsupported('remove the user validation rule'));
      seen.add(expression);
    }
  }
  if (raw.anonymous?.enabled !== true && (raw.anonymous?.conditions ?? []).length > 0) {
    report('anonymous.conditions', 'Forbidden: enabled should be set to true when conditions are defined');
  }
}

function validateIssuer(
  issuer: RawIssuer,
  path: string,
  issuers: Set<string>,
  discoveryURLs: Set<string>,
  report: Report,
): void {
  const { url = '', discoveryURL = '' } = issuer;
  validateURL(url, `${path}.url`, report);
  if (url !== '' && issuers.has(url)) report(`${path}.url`, duplicate(url));
  issuers.add(url);
  if (discoveryURL !== '') {
    if (trimSlashes(url) === trimSlashes(discoveryURL)) {
      report(`${path}.discoveryURL`, invalid(discoveryURL, 'discoveryURL must be different from URL'));
    }
    validateURL(discoveryURL, `${path}.discoveryURL`, report);
    if (discoveryURLs.has(discoveryURL)) report(`${path}.discoveryURL`, duplicate(discoveryURL));
    discoveryURLs.add(discoveryURL);
  }
  validateAudiences(issuer, path, report);
  const pem = issuer.certificateAuthority ?? '';
  const certificateProblem = pem === '' ? undefined : certificateAuthorityProblem(pem);
  if (certificateProblem !== undefined) {
    report(`${path}.certificateAuthority`, invalid('<omitted>', certificateProblem));
  }
  const egress = issuer.egressSelectorType ?? '';
  if (egress !== '') {
    report(`${path}.egressSelectorType`, invalid(egress, 'egress selectors are not supported'));
  }
}

function validateURL(url: string, path: string, report: Report): void {
  if (url === '') {
    report(path, required());
    return;
  }
  const parts = parseIssuerURL(url);
  if (typeof parts === 'string') {
    report(path, invalid(url, parts));
    return;
  }
  // Kubernetes wants https always. The identity provider of a laptop has no certificate; what goes to
  // a loopback address does not leave the machine, so there is nobody in between to forge keys.
  const localHTTP = parts.scheme === 'http' && isLoopbackHost(parts.host);
  if (parts.scheme !== 'https' && !localHTTP) report(path, invalid(url, 'URL scheme must be https'));
  if (parts.userinfo !== undefined) report(path, invalid(url, 'URL must not contain a username or password'));
  if (parts.query !== '') report(path, invalid(url, 'URL must not contain a query'));
  if (parts.fragment !== '') report(path, invalid(url, 'URL must not contain a fragment'));
}

function validateAudiences(issuer: RawIssuer, path: string, report: Report): void {
  const audiences = issuer.audiences ?? [];
  const policy = issuer.audienceMatchPolicy ?? '';
  const policyPath = `${path}.audienceMatchPolicy`;
  if (audiences.length === 0) {
    report(`${path}.audiences`, required(`at least one ${path}.audiences is required`));
    return;
  }
  for (const [index, audience] of audiences.entries()) {
    if (audience === '') report(`${path}.audiences[${index}]`, required());
    if (audiences.indexOf(audience) < index) report(`${path}.audiences[${index}]`, duplicate(audience));
  }
  if (audiences.length > 1 && policy !== 'MatchAny') {
    report(policyPath, invalid(policy, 'audienceMatchPolicy must be MatchAny for multiple audiences'));
  }
  if (audiences.length === 1 && policy !== '' && policy !== 'MatchAny') {
    report(policyPath, invalid(policy, 'audienceMatchPolicy must be empty or MatchAny for single audience'));
  }
}

function certificateAuthorityProblem(pem: string): string | undefined {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
  const decodable = blocks.filter((block) => {
    const base64 = block.replaceAll(/-----[A-Z ]+-----|\s/g, '');
    return base64.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(base64);
  });
  if (decodable.length === 0) return 'data does not contain any valid RSA or ECDSA certificates';
  try {
    for (const block of decodable) new X509Certificate(block);
  } catch {
    return 'x509: malformed certificate';
  }
  return undefined;
}

function validateClaimRules(rules: readonly RawClaimValidationRule[], path: string, report: Report): void {
  const seen = new Set<string>();
  for (const [index, rule] of rules.entries()) {
    const rulePath = `${path}[${index}]`;
    const { claim = '', expression = '', requiredValue = '', message = '' } = rule;
    if (claim === '' && expression === '') report(rulePath, required('claim or expression is required'));
    else if (claim !== '' && expression !== '') {
      report(rulePath, invalid(claim, "claim and expression can't both be set"));
    } else if (expression !== '') {
      if (requiredValue !== '') {
        report(
          `${rulePath}.requiredValue`,
          invalid(requiredValue, 'may not be specified when expression is set'),
        );
      } else report(`${rulePath}.expression`, unsupported('use claim and requiredValue'));
    } else {
      if (message !== '') {
        report(`${rulePath}.message`, invalid(message, 'may not be specified when claim is set'));
      }
      if (seen.has(claim)) report(`${rulePath}.claim`, duplicate(claim));
      seen.add(claim);
    }
  }
}

function validateClaimMappings(mappings: RawClaimMappings, path: string, report: Report): void {
  const username = mappings.username ?? {};
  if (!username.claim && !username.expression) {
    report(`${path}.username`, required('claim or expression is required'));
  }
  validatePrefixedClaim(username, `${path}.username`, report);
  validatePrefixedClaim(mappings.groups ?? {}, `${path}.groups`, report);
  if (mappings.uid?.claim && mappings.uid.expression) {
    report(`${path}.uid`, invalid('', "claim and expression can't both be set"));
  } else if (mappings.uid?.expression) report(`${path}.uid.expression`, unsupported('use claim'));

  const keys = new Set<string>();
  for (const [index, { key = '', valueExpression = '' }] of (mappings.extra ?? []).entries()) {
    const extraPath = `${path}.extra[${index}]`;
    validateExtraKey(key, `${extraPath}.key`, report);
    if (keys.has(key)) {
      report(`${extraPath}.key`, duplicate(key));
      continue;
    }
    keys.add(key);
    if (valueExpression === '') report(`${extraPath}.valueExpression`, required());
    else report(`${extraPath}.valueExpression`, unsupported('remove the extra mapping'));
  }
}

function validatePrefixedClaim(mapping: RawPrefixedClaim, path: string, report: Report): void {
  const { claim = '', prefix, expression = '' } = mapping;
  if (claim !== '' && expression !== '') {
    report(path, invalid('', "claim and expression can't both be set"));
  } else if (expression !== '') {
    if (prefix !== undefined) {
      report(`${path}.prefix`, invalid(prefix, 'may not be specified when expression is set'));
    } else report(`${path}.expression`, unsupported('use claim and prefix'));
  } else if (claim !== '' && prefix === undefined) {
    report(
      `${path}.prefix`,
      required('prefix is required when claim is set. It can be set to an empty string to disable prefixing'),
    );
  }
}

function validateExtraKey(key: string, path: string, report: Report): void {
  const slash = key.indexOf('/');
  const host = key.slice(0, Math.max(slash, 0));
  const rest = key.slice(slash + 1);
  if (key === '') report(path, required());
  else if (slash === -1 || host === '' || rest === '') {
    report(path, invalid(key, 'must be a domain-prefixed path (such as "acme.io/foo")'));
  } else {
    if (host.length > 253) report(path, invalid(host, 'must be no more than 253 characters'));
    if (!subdomain.test(host)) report(path, invalid(host, subdomainText));
    if (!httpPath.test(rest)) report(path, invalid(rest, httpPathText));
  }
  if (key !== key.toLowerCase()) report(path, invalid(key, 'must be lowercase'));
  if (/(^|\.)(k8s|kubernetes)\.io$/.test(slash === -1 ? key : host)) {
    report(path, invalid(key, 'k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use'));
  }
}

function trimSlashes(text: string): string {
  return text.replace(/\/+$/, '');
}
