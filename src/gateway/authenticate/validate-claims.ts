import { type CelProgram, compileProgram } from '../../cel/index.ts';
import type { RawClaimMappings, RawClaimValidationRule, RawPrefixedClaim } from './configuration-shape.ts';
import { duplicate, invalid, type Report, required } from './field-problem.ts';

const domainLabel = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = new RegExp(`^${domainLabel}(\\.${domainLabel})*$`);
const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const httpPath = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;
const httpPathText = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";

/** Returns the rules that are expressions, compiled. */
export function validateClaimRules(
  rules: readonly RawClaimValidationRule[],
  path: string,
  report: Report,
): readonly CelProgram[] {
  const seen = { claims: new Set<string>(), expressions: new Set<string>() };
  const programs: (CelProgram | undefined)[] = [];
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
      } else if (seen.expressions.has(expression)) report(`${rulePath}.expression`, duplicate(expression));
      else programs.push(validateRule(expression, 'claims', `${rulePath}.expression`, report));
      seen.expressions.add(expression);
    } else {
      if (message !== '') {
        report(`${rulePath}.message`, invalid(message, 'may not be specified when claim is set'));
      }
      if (seen.claims.has(claim)) report(`${rulePath}.claim`, duplicate(claim));
      seen.claims.add(claim);
    }
  }
  return programs.filter((program) => program !== undefined);
}

export function validateClaimMappings(
  mappings: RawClaimMappings,
  rules: readonly CelProgram[],
  path: string,
  report: Report,
): void {
  const username = mappings.username ?? {};
  if (!username.claim && !username.expression) {
    report(`${path}.username`, required('claim or expression is required'));
  }
  const problems: (readonly [path: string, text: string])[] = [];
  const later: Report = (at, text) => void problems.push([at, text]);
  const name = validateMapping(username, `${path}.username`, report);
  validateMapping(mappings.groups ?? {}, `${path}.groups`, later);
  validateMapping(mappings.uid ?? {}, `${path}.uid`, later);
  const extra = validateExtra(mappings.extra ?? [], `${path}.extra`, later);
  // An address that the issuer has not verified is whatever its holder typed.
  const verified = (program: CelProgram): boolean => program.selectsClaim('email_verified');
  if (name?.selectsClaim('email') && ![name, ...extra, ...rules].some(verified)) {
    report(`${path}.username.expression`, invalid(name.expression, emailText));
  }
  for (const [at, text] of problems) report(at, text);
}

const emailText =
  'claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression';

function validateExtra(
  mappings: NonNullable<RawClaimMappings['extra']>,
  path: string,
  report: Report,
): readonly CelProgram[] {
  const keys = new Set<string>();
  const programs: (CelProgram | undefined)[] = [];
  for (const [index, { key = '', valueExpression = '' }] of mappings.entries()) {
    validateExtraKey(key, `${path}[${index}].key`, report);
    if (keys.has(key)) {
      report(`${path}[${index}].key`, duplicate(key));
      continue;
    }
    keys.add(key);
    const valuePath = `${path}[${index}].valueExpression`;
    if (valueExpression === '') report(valuePath, required());
    else programs.push(validateExpression(valueExpression, 'claims', valuePath, report));
  }
  return programs.filter((program) => program !== undefined);
}

function validateMapping(mapping: RawPrefixedClaim, path: string, report: Report): CelProgram | undefined {
  const { claim = '', prefix, expression = '' } = mapping;
  const hasPrefix = !path.endsWith('.uid');
  if (claim !== '' && expression !== '') {
    report(path, invalid('', "claim and expression can't both be set"));
  } else if (expression !== '') {
    if (prefix === undefined) return validateExpression(expression, 'claims', `${path}.expression`, report);
    report(`${path}.prefix`, invalid(prefix, 'may not be specified when expression is set'));
  } else if (claim !== '' && prefix === undefined && hasPrefix) {
    report(
      `${path}.prefix`,
      required('prefix is required when claim is set. It can be set to an empty string to disable prefixing'),
    );
  }
  return undefined;
}

/** A rule must be a bool as it is written; what a mapping returns is looked at when somebody logs in. */
export function validateRule(
  expression: string,
  variable: 'claims' | 'user',
  path: string,
  report: Report,
): CelProgram | undefined {
  const program = validateExpression(expression, variable, path, report);
  if (program !== undefined && !program.isBool) report(path, invalid(expression, 'must evaluate to bool'));
  return program;
}

function validateExpression(
  expression: string,
  variable: 'claims' | 'user',
  path: string,
  report: Report,
): CelProgram | undefined {
  const program = compileProgram(expression, variable);
  if (typeof program !== 'string') return program;
  report(path, invalid(expression, `compilation failed: ${program}`));
  return undefined;
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
