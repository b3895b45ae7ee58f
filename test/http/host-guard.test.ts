import { describe, expect, it } from 'vitest';
import { createHostGuard } from '../../src/http/index.ts';

describe('S-100: the host guard', () => {
  it.each<[string, string[], string, boolean]>([
    ['https://us.example', ['Host', 'us.example'], '/', true],
    ['https://us.example', ['hOsT', 'US.example'], '/a?b', true],
    ['https://us.example', ['Host', 'us.example:443'], '/', true],
    ['https://us.example', ['Host', 'us.example:80'], '/', false],
    ['http://us.example', ['Host', 'us.example:80'], '/', true],
    ['https://us.example:8443', ['Host', 'us.example:8443'], '/', true],
    ['https://us.example:8443', ['Host', 'us.example'], '/', false],
    ['http://[::1]:5556', ['Host', '[::1]:5556'], '/', true],
    ['https://us.example', ['Host', 'us.example.'], '/', false],
    ['https://us.example', ['Host', 'us.example', 'Host', 'us.example'], '/', false],
    ['https://us.example', ['Host', 'me@us.example'], '/', false],
    ['https://us.example', ['Host', 'us.example,evil.example'], '/', false],
    ['https://us.example', [], '/', false],
    ['https://us.example', ['Host', 'us.example'], 'https://us.example/', false],
    ['https://us.example', ['Host', 'us.example'], '//evil.example', false],
    ['https://us.example', ['Host', 'us.example'], '/\\evil.example', false],
    ['https://us.example', ['Host', 'us.example'], '*', false],
  ])('%s, %j, %s: %j', (origin, rawHeaders, url, expected) => {
    expect(createHostGuard(origin)({ rawHeaders, url })).toBe(expected);
  });
});
