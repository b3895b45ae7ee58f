import { describe, expect, it } from 'vitest';
import { CommandError, UsageError } from '../../src/cli/command.ts';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { HiddenPolicyError } from '../../src/cli/policy-source/index.ts';
import { ConfigError } from '../../src/config/index.ts';
import { ApiError, CredentialError, KubeconfigError, UnreachableError } from '../../src/kubeconfig/index.ts';

const api = (status: number) => new ApiError(status, '', 'refused');

describe('the exit code', () => {
  it.each([
    [new UsageError('x'), 2],
    [new KubeconfigError('x'), 2],
    [new CredentialError('x'), 3],
    [api(401), 3],
    [api(403), 4],
    [new HiddenPolicyError('x'), 4],
    [api(404), 5],
    [api(409), 6],
    [new UnreachableError('x'), 7],
    [api(503), 7],
    [api(422), 1],
    [new CommandError('x'), 1],
    [new Error('a bug'), 1],
    [undefined, 1],
  ])('of %s is %i', (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  it('of a wrong configuration is 2', () => {
    expect(exitCodeOf(Object.create(ConfigError.prototype, { code: { value: 'SP_CONFIG' } }))).toBe(2);
  });
});
