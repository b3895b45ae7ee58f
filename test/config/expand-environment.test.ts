// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the form of Go and shells, not of JavaScript
import { describe, expect, it } from 'vitest';
import { expandEnvironment } from '../../src/config/expand-environment.ts';

const env = { HOME: '/home/a', A: 'x', _B2: 'y', '1': 'one', EMPTY: '' };
const expand = (text: string): unknown => {
  const expanded = expandEnvironment({ storage: { config: { deep: [{ text }] } } }, env);
  return (expanded as { storage: { config: { deep: [{ text: unknown }] } } }).storage.config.deep[0].text;
};

describe('environment variables in a configuration', () => {
  // Each answer is what Go's os.Expand gives for it.
  it.each([
    ['$HOME/.kube/config', '/home/a/.kube/config'],
    ['${HOME}/x', '/home/a/x'],
    ['$A$_B2', 'xy'],
    ['$Ab', ''],
    ['${A}b', 'xb'],
    ['$MISSING', ''],
    ['$EMPTY.', '.'],
    ['$1st', 'onest'],
    ['${1}st', 'onest'],
    ['a$', 'a$'],
    ['a$ b', 'a$ b'],
    ['$/x', '$/x'],
    ['${}x', 'x'],
    ['${A', 'A'],
    ['$$A', 'A'],
  ])('%s is %s', (text, expanded) => {
    expect(expand(text)).toBe(expanded);
  });

  it('leaves everything but texts as it is', () => {
    const config = { storage: { config: { port: 5432, ssl: null, on: true } }, issuer: '$A' };
    expect(expandEnvironment(config, env)).toEqual(config);
    expect(expandEnvironment('$A', env)).toBe('$A');
  });
});
