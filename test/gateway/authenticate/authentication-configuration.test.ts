import { describe, expect, it } from 'vitest';
import {
  AuthenticationConfigurationError,
  parseAuthenticationConfiguration,
} from '../../../src/gateway/authenticate/index.ts';
import { readRows } from './recorded.ts';

interface Row {
  id: string;
  description: string;
  yaml: string;
  flags?: string[];
  valid: boolean;
  error: string | null;
}

const rows = readRows<Row>('config-invalid.jsonl').filter((row) => row.flags === undefined);

/** Where the answer differs from kube-apiserver's on purpose, line by line. */
const accepted: Record<string, string> = {
  'ci-030': 'an http issuer on a loopback host is accepted, for the identity provider of a laptop',
  'ci-045': 'there is no service-account issuer to overlap with',
};
const otherText: Record<string, string> = {
  'ci-002': 'another YAML parser: yaml: Flow sequence',
  'ci-003': 'another YAML parser: yaml: Tabs are not allowed as indentation',
  'ci-008': "the file is not repeated in the error: Object 'apiVersion' is missing",
  'ci-009': "the file is not repeated in the error: Object 'Kind' is missing",
  'ci-010':
    'no Go source line: no kind "authenticationconfiguration" is registered for version "apiserver.config.k8s.io/v1"',
  'ci-119': 'another CEL parser: ERROR: <input>:1:5: Syntax error: Unexpected token: EOF',
  'ci-125': 'another CEL parser: ERROR: <input>:1:8: Syntax error: Expected IDENTIFIER, got IN',
  'ci-181': 'another CEL parser: ERROR: <input>:1:10: Syntax error: Unexpected character: =',
  'ci-077': 'refused at validation: egress selectors are not supported',
};
function refusal(yaml: string): AuthenticationConfigurationError | undefined {
  try {
    parseAuthenticationConfiguration(yaml, 'authentication.yaml');
    return undefined;
  } catch (error) {
    if (error instanceof AuthenticationConfigurationError) return error;
    throw error;
  }
}

/** The text in which kube-apiserver reports these problems. */
function asKubernetes(stage: 'load' | 'validation', messages: readonly string[]): string {
  const all = messages.length === 1 ? (messages[0] ?? '') : `[${messages.join(', ')}]`;
  if (stage === 'validation') return `invalid authentication configuration: ${all}`;
  return `failed to load authentication configuration from file "state/inv.yaml": ${all}`;
}

describe('parseAuthenticationConfiguration, as recorded from kube-apiserver', () => {
  it.each(rows.map((row) => [row.id, row.description, row] as const))('%s %s', (id, _, row) => {
    const error = refusal(row.yaml);
    if (id in accepted) {
      expect(row.valid).toBe(false);
      expect(error).toBeUndefined();
      return;
    }
    const messages = (error?.problems ?? []).map(({ message }) => message);
    if (row.valid) {
      expect(messages).toEqual([]);
      return;
    }
    expect(error).toBeDefined();
    if (id in otherText) expect(messages[0]).toContain((otherText[id] ?? '').replace(/^[^:]*: /, ''));
    else expect(asKubernetes(error?.stage ?? 'load', messages)).toBe(row.error);
  });

  it('lists only rows that were recorded', () => {
    const ids = new Set(rows.map(({ id }) => id));
    expect([...Object.keys(accepted), ...Object.keys(otherText)].filter((id) => !ids.has(id))).toEqual([]);
  });
});

const issuer = (url: string, more = ''): string => `apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
- issuer:
    url: ${url}
    audiences: [kubernetes]
  claimMappings:
    username: {claim: sub, prefix: ""}
${more}`;

describe('parseAuthenticationConfiguration', () => {
  it('returns the configuration with its defaults', () => {
    expect(parseAuthenticationConfiguration(issuer('https://idp.example'), 'a.yaml')).toEqual({
      jwt: [
        {
          issuer: { url: 'https://idp.example', audiences: ['kubernetes'] },
          claimValidationRules: [],
          claimMappings: { username: { claim: 'sub', prefix: '' } },
        },
      ],
      anonymous: { enabled: false, conditions: [] },
    });
  });

  it('says in which file, line and column each problem is', () => {
    const text = issuer(
      'ftp://idp.example',
      '    groups: {claim: groups}\nanonymous: {conditions: [{path: /healthz}]}\n',
    );
    expect(refusal(text)?.message.split('\n')).toEqual([
      'authentication.yaml:5:10: jwt[0].issuer.url: Invalid value: "ftp://idp.example": URL scheme must be https',
      'authentication.yaml:9:13: jwt[0].claimMappings.groups.prefix: Required value: prefix is required when claim is set. It can be set to an empty string to disable prefixing',
      'authentication.yaml:10:25: anonymous.conditions: Forbidden: enabled should be set to true when conditions are defined',
    ]);
  });

  it('says in which file, line and column an expression is wrong', () => {
    const text = issuer('https://idp.example').replace(
      'claim: sub, prefix: ""',
      'expression: "claims.sub.foo()"',
    );
    expect(refusal(text)?.message).toBe(
      'authentication.yaml:8:28: jwt[0].claimMappings.username.expression: Invalid value: "claims.sub.foo()": compilation failed: ' +
        "ERROR: <input>:1:15: undeclared reference to 'foo' (in container '')\n | claims.sub.foo()\n | ..............^",
    );
  });

  it.each([
    ['no email', 'claims.sub', true],
    ['an unchecked email', "claims.?email.orValue('')", false],
    ['an email in has()', "has(claims.email) ? 'a' : 'b'", false],
    ['a checked email', "claims.email_verified ? claims.email : ''", true],
    ['an optionally checked email', "claims.?email_verified.orValue(false) ? claims.email : ''", true],
  ])('username expression with %s is accepted: %s %s', (_, expression, valid) => {
    const text = issuer('https://idp.example').replace(
      'claim: sub, prefix: ""',
      `expression: ${JSON.stringify(expression)}`,
    );
    expect(refusal(text)?.problems[0]?.message.includes('claims.email_verified must be used') ?? false).toBe(
      !valid,
    );
  });

  it.each([
    ['a thousand nested lists', `${'['.repeat(1000)}${']'.repeat(1000)}`],
    ['ten thousand terms', `'a'${" + 'a'".repeat(10_000)}`],
  ])('refuses an expression of %s', (_, expression) => {
    const text = issuer('https://idp.example').replace(
      'claim: sub, prefix: ""',
      `expression: ${JSON.stringify(expression)}`,
    );
    expect(refusal(text)?.problems[0]?.message).toContain('Syntax error');
  });

  it.each([
    ['http://localhost:5556/dex', true],
    ['http://127.0.0.1', true],
    ['http://127.9.8.7:80/a', true],
    ['http://[::1]:5556', true],
    ['HTTP://LOCALHOST/a', true],
    ['http://idp.example', false],
    ['http://127.0.0.1.idp.example', false],
    ['http://localhost.idp.example', false],
    ['http://128.0.0.1', false],
    ['http://[::2]', false],
    ['http://127.0.0.1@idp.example', false],
    ['http://idp.example\\@127.0.0.1', false],
    ['http:127.0.0.1', false],
  ])('issuer %s is accepted: %s', (url, valid) => {
    expect(refusal(issuer(JSON.stringify(url))) === undefined).toBe(valid);
  });

  it.each([
    [
      'a second document',
      `${issuer('https://idp.example')}---\nkind: x\n`,
      'only one YAML document is allowed',
    ],
    [
      'a field of another case',
      issuer('https://idp.example', 'Anonymous: {enabled: true}\n'),
      'unknown field "Anonymous"',
    ],
    ['a group', issuer('https://idp.example').replace('apiserver.config', 'apiserver'), 'no kind'],
    ['a version', issuer('https://idp.example').replace('/v1', '/v2'), 'no kind'],
    ['a list', '[]', "Object 'Kind' is missing"],
    ['more than 64 issuers', manyIssuers(65), 'jwt: Too many: 65: must have at most 64 items'],
  ])('refuses %s', (_, text, message) => {
    expect(refusal(text)?.problems[0]?.message).toContain(message);
  });

  it('reads aliases and refuses ones that refer to nothing', () => {
    const mapping = 'username: {claim: sub, prefix: ""}';
    const alias = issuer('https://idp.example', '    groups: *u\n').replace(
      mapping,
      `username: &u {claim: sub, prefix: "p:"}`,
    );
    expect(parseAuthenticationConfiguration(alias, 'a.yaml').jwt[0]?.claimMappings.groups).toEqual({
      claim: 'sub',
      prefix: 'p:',
    });
    expect(refusal(issuer('https://idp.example', '    groups: *none\n'))?.stage).toBe('load');
  });
});

function manyIssuers(count: number): string {
  const jwt = Array.from({ length: count }, (_, index) => ({
    issuer: { url: `https://idp.example/${index}`, audiences: ['a'] },
    claimMappings: { username: { claim: 'sub', prefix: '' } },
  }));
  return JSON.stringify({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AuthenticationConfiguration',
    jwt,
  });
}
