import { describe, expect, it } from 'vitest';
import { environmentName } from '../../src/environment-name.ts';
import { loadCommands } from '../../src/plugin/command-table.ts';
import { parseCommandLine } from '../../src/plugin/parse-command-line.ts';

const commands = await loadCommands();
const parse = (name: string, args: readonly string[], env: Record<string, string> = {}) =>
  parseCommandLine(args, commands.get(name)!, env, `kubectl sallyport ${name}`);

describe('the command line', () => {
  it.each([
    [['--oidc-issuer-url=https://a.example'], { issuer: 'https://a.example' }],
    [['--issuer-url', 'https://a.example'], { issuer: 'https://a.example' }],
    [['--oidc-client-id=x'], { 'client-id': 'x' }],
    [['--oidc-extra-scope=a,b', '--extra-scope=c'], { 'extra-scope': ['c', 'a', 'b'] }],
    [['--grant-type=authcode-keyboard'], { flow: 'paste' }],
    [['--grant-type=authcode'], { flow: 'browser' }],
    [['--grant-type=device-code'], { flow: 'device-code' }],
    [['--listen-address=127.0.0.1:8000'], { 'listen-port': '8000' }],
    [['--authentication-timeout-sec=60'], { timeout: '60s' }],
    [['--issuer=https://a.example', '--oidc-issuer-url=https://b.example'], { issuer: 'https://a.example' }],
  ])("takes kubelogin's %j", (args, flags) => {
    expect(parse('token', args).flags).toEqual(flags);
  });

  it.each([
    [
      ['revoke', '-Nq3fW2x'],
      ['revoke', '-Nq3fW2x'],
    ],
    [
      ['revoke', '-Nq3fW2x', 'Ab', '--output=json', '-_q'],
      ['revoke', 'Ab', '-Nq3fW2x', '-_q'],
    ],
    [
      ['-Nq3fW2x', '--', '--others'],
      ['-Nq3fW2x', '--others'],
    ],
  ])('takes ids that begin with a dash: %j', (args, operands) => {
    expect(parse('sessions', args).operands).toEqual(operands);
  });

  it('takes no flag for an id, and no id where there is none', () => {
    expect(parse('sessions', ['-o', 'json', '-ojson']).flags).toEqual({ output: 'json' });
    expect(() => parse('sessions', ['revoke', '--other'])).toThrow("Unknown option '--other'");
    expect(() => parse('logout', ['-Nq3fW2x'])).toThrow('Unknown option');
  });

  it('reads what is not typed from the environment', () => {
    const env = {
      SALLYPORT_ISSUER: 'https://env.example',
      SALLYPORT_CLIENT_ID: 'env',
      SALLYPORT_SKIP_OPEN_BROWSER: 'true',
      SALLYPORT_EXTRA_SCOPE: 'a,b',
      SALLYPORT_TIMEOUT: '',
    };
    expect(parse('token', ['--client-id', 'typed'], env).flags).toEqual({
      issuer: 'https://env.example',
      'client-id': 'typed',
      'skip-open-browser': true,
      'extra-scope': ['a', 'b'],
    });
    expect(() => parse('token', [], { SALLYPORT_SKIP_OPEN_BROWSER: 'maybe' })).toThrow(
      'SALLYPORT_SKIP_OPEN_BROWSER takes true or false, not "maybe"',
    );
  });

  it('has an environment variable for each flag, and no two flags of a command share a name', () => {
    for (const [, { flags }] of commands) {
      const names = Object.entries(flags).flatMap(([name, { aliases = [] }]) => [
        name,
        ...aliases.map((alias) => (typeof alias === 'string' ? alias : alias.name)),
      ]);
      expect(new Set(names).size).toBe(names.length);
      expect(names.every((name) => /^SALLYPORT_[A-Z_]+$/.test(environmentName(name)))).toBe(true);
    }
  });

  it('has examples for every command', () => {
    for (const [name, { examples, passesOn }] of commands) {
      expect(examples.length, name).toBeGreaterThan(0);
      if (passesOn) continue;
      for (const [, line] of examples) {
        const [, ...args] = line.replace(/ (?:>|&&|\||#).*$/, '').split(' ');
        expect(() => parse(name, args), line).not.toThrow();
      }
    }
  });
});
