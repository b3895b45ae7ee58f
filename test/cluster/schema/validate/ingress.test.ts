import { describe, expect, it } from 'vitest';
import { errors } from './support.ts';

const service = { name: 's', port: { number: 80 } };
const rule = (more: object, host: object = {}) => ({
  rules: [{ ...host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service }, ...more }] } }],
});
const at = 'spec.rules[0].http.paths[0]';
const backend = (given: object) => rule({ backend: given });

describe('ingresses', () => {
  it.each([
    [rule({}), []],
    [rule({}, { host: '*.example.com' }), []],
    [
      rule({}, { host: '10.0.0.1' }),
      ['spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address'],
    ],
    [
      rule({}, { host: '*.*.com' }),
      [
        expect.stringMatching(
          /^spec\.rules\[0\]\.host: Invalid value: "\*\.\*\.com": a wildcard DNS-1123 subdomain must start with '\*\.'/,
        ),
      ],
    ],
    [rule({ path: '/a//b' }), [`${at}.path: Invalid value: "/a//b": must not contain '//'`]],
    [rule({ path: '/a/..' }), [`${at}.path: Invalid value: "/a/..": cannot end with '/..'`]],
    [rule({ path: '' }), [`${at}.path: Invalid value: "": must be an absolute path`]],
    [rule({ path: '', pathType: 'ImplementationSpecific' }), []],
    [rule({ pathType: undefined }), [`${at}.pathType: Required value: pathType must be specified`]],
    [
      rule({ pathType: 'Regex' }),
      [
        `${at}.pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"`,
      ],
    ],
    [{ rules: [{ http: { paths: [] } }] }, ['spec.rules[0].http.paths: Required value']],
    [backend({}), [`${at}.backend: Invalid value: "": resource or service backend is required`]],
    [
      backend({ service, resource: { kind: 'K', name: 'n' } }),
      [`${at}.backend: Invalid value: "": cannot set both resource and service backends`],
    ],
    [backend({ service: { name: 's' } }), [`${at}.backend: Required value: port name or number is required`]],
    [
      backend({ service: { name: 's', port: { number: 80, name: 'http' } } }),
      [`${at}.backend: Invalid value: "": cannot set both port name & port number`],
    ],
    [
      { ...rule({}), tls: [{ hosts: ['a_b'], secretName: 's' }] },
      [
        expect.stringMatching(
          /^spec\.tls\[0\]\.hosts\[0\]: Invalid value: "a_b": a lowercase RFC 1123 subdomain/,
        ),
      ],
    ],
  ])('%#: %j', (spec, expected) => {
    expect(errors('networking.k8s.io/v1/ingresses', { spec: JSON.parse(JSON.stringify(spec)) })).toEqual(
      expected,
    );
  });
});
