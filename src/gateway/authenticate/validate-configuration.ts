import { X509Certificate } from 'node:crypto';
import { isLoopbackHost, parseIssuerURL } from '../../jwt/index.ts';
import { goTrimRight } from '../../kube/index.ts';
import type { RawAuthenticationConfiguration, RawIssuer } from './configuration-shape.ts';
import { duplicate, invalid, type Report, required } from './field-problem.ts';
import { validateClaimMappings, validateClaimRules, validateRule } from './validate-claims.ts';

const maximumAuthenticators = 64;
/**
 * Every rule of Kubernetes' validation, in its order and wording.
 * Source: apiserver/pkg/apis/apiserver/validation/validation.go.
 * One difference: an http issuer is accepted on a loopback host.
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
    const rules = validateClaimRules(
      authenticator.claimValidationRules ?? [],
      `${path}.claimValidationRules`,
      report,
    );
    validateClaimMappings(authenticator.claimMappings ?? {}, rules, `${path}.claimMappings`, report);
    const userRules = authenticator.userValidationRules ?? [];
    const seen = new Set<string>();
    for (const [ruleIndex, { expression = '' }] of userRules.entries()) {
      const rulePath = `${path}.userValidationRules[${ruleIndex}].expression`;
      if (expression === '') report(rulePath, required());
      else if (seen.has(expression)) report(rulePath, duplicate(expression));
      else validateRule(expression, 'user', rulePath, report);
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
    if (goTrimRight(url, '/') === goTrimRight(discoveryURL, '/')) {
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
