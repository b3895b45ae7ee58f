import { describe, expect, it } from 'vitest';
import {
  dns1035LabelErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  labelKeyErrors,
  labelValueErrors,
  pathSegmentNameErrors,
} from '../../src/kube/index.ts';

const long = (length: number) => 'a'.repeat(length);

describe('S-267 names', () => {
  it.each([
    ['dns1123Label', dns1123LabelErrors, ['a', '0', 'a-b', long(63)]],
    ['dns1123Subdomain', dns1123SubdomainErrors, ['a', 'a.b', '0.1-2', long(253)]],
    ['dns1035Label', dns1035LabelErrors, ['a', 'a0', 'a-b', long(63)]],
    ['pathSegmentName', pathSegmentNameErrors, ['', 'a b', '...', 'system:node', 'A\n\0', long(1000)]],
    ['labelKey', labelKeyErrors, ['a', 'A_b.c', 'example.com/a', `${long(253)}/${long(63)}`]],
    ['labelValue', labelValueErrors, ['', 'a', 'A_b.c', long(63)]],
  ])('accepts what is a %s', (_name, errorsOf, values) => {
    for (const value of values) expect(errorsOf(value), value).toEqual([]);
  });

  const LABEL = /^a lowercase RFC 1123 label must consist of .* \(e\.g\. 'my-name', {2}or '123-abc', regex/;
  const SUBDOMAIN =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

  it.each([
    [dns1123LabelErrors, '', [LABEL]],
    [dns1123LabelErrors, 'A', [LABEL]],
    [dns1123LabelErrors, 'a\n', [LABEL]],
    [dns1123LabelErrors, 'a.b', ['must not contain dots']],
    [dns1123LabelErrors, long(64), ['must be no more than 63 characters']],
    [dns1123SubdomainErrors, 'A_b', [SUBDOMAIN]],
    [dns1123SubdomainErrors, 'a..b', [SUBDOMAIN]],
    [dns1123SubdomainErrors, long(254), ['must be no more than 253 characters']],
    [
      dns1035LabelErrors,
      '0a',
      [/^a DNS-1035 label must consist of .* \(e\.g\. 'my-name', {2}or 'abc-123', regex/],
    ],
    [pathSegmentNameErrors, '.', ["may not be '.'"]],
    [pathSegmentNameErrors, '..', ["may not be '..'"]],
    [pathSegmentNameErrors, 'a/%', ["may not contain '/'", "may not contain '%'"]],
    [labelKeyErrors, '', ['name part must be non-empty', /^name part must consist of/]],
    [labelKeyErrors, '/a', ['prefix part must be non-empty']],
    [labelKeyErrors, 'A/a', [`prefix part ${SUBDOMAIN}`]],
    [labelKeyErrors, 'a/b/c', [/^a valid label key must consist of .* \(e\.g\. 'example\.com\/MyName'\)$/]],
    [labelKeyErrors, long(64), ['name part must be no more than 63 bytes']],
    [labelValueErrors, long(64), ['must be no more than 63 bytes']],
    [labelValueErrors, '-a', [/^a valid label must be an empty string or consist of/]],
  ])('%o refuses %j', (errorsOf, value, expected) => {
    const errors = errorsOf(value);
    expect(errors).toHaveLength(expected.length);
    expected.forEach((one, at) => {
      if (typeof one === 'string') expect(errors[at]).toBe(one);
      else expect(errors[at]).toMatch(one);
    });
  });
});
