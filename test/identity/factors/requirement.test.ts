import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClientConfigs } from '../../../src/identity/clients/client-configs.ts';
import {
  acrOf,
  amrOfPasskey,
  amrOfRecovery,
  amrOfTotp,
  type FactorKind,
  joinAmr,
  levelOf,
  levels,
} from '../../../src/identity/factors/methods.ts';
import {
  createFactorPolicy,
  type MfaConfig,
  missingFactors,
  nextStep,
} from '../../../src/identity/factors/requirement.ts';

const config: MfaConfig = {
  authenticators: [
    { id: 'app', type: 'TOTP', config: {} },
    { id: 'key', type: 'WebAuthn', config: {} },
    { id: 'ldap-only', type: 'TOTP', connectorTypes: ['ldap'], config: {} },
  ],
  defaultMFAChain: ['app'],
  requiredForGroups: ['admins'],
};
const clients = createClientConfigs([
  { id: 'bank', mfaChain: ['app', 'key'] },
  { id: 'wiki', mfaChain: [] },
  { id: 'directory', mfaChain: ['ldap-only'] },
]);
const policy = createFactorPolicy(config, clients);

describe('what is demanded', () => {
  it('is the client’s chain, the default where it has none, and nothing where that is empty', () => {
    expect(policy.required({ groups: [] }, ['bank']).kinds).toEqual(['TOTP', 'WebAuthn']);
    expect(policy.required({ groups: [] }, ['other']).kinds).toEqual(['TOTP']);
    expect(policy.required({ groups: [] }, ['wiki']).kinds).toEqual([]);
  });

  it('leaves out authenticators for other connectors', () => {
    expect(policy.required({ groups: [] }, ['directory']).kinds).toEqual([]);
  });

  it('is for people of other connectors what authenticators say that are for them', () => {
    const corp = { groups: [], upstream: { connector: 'corp', type: 'ldap', userId: '1' } };
    expect(policy.required(corp, ['directory']).kinds).toHaveLength(1);
    expect(policy.requiredAnywhere(corp).kinds).toEqual(['TOTP', 'WebAuthn']);
  });

  it('is that of every client that the token is for', () => {
    expect(policy.required({ groups: [] }, ['wiki', 'bank']).kinds).toEqual(['TOTP', 'WebAuthn']);
  });

  it('is some factor for members of certain groups, whatever the client says', () => {
    expect(policy.required({ groups: ['admins'] }, ['wiki'])).toEqual({ kinds: [], any: true });
  });

  it('follows the clients when they change', () => {
    const changed = createClientConfigs([{ id: 'bank', mfaChain: ['app', 'key'] }]);
    const changing = createFactorPolicy(config, changed);
    changed.replace([{ id: 'wiki', mfaChain: ['key'] }]);
    expect(changing.required({ groups: [] }, ['wiki']).kinds).toEqual(['WebAuthn']);
    expect(changing.required({ groups: [] }, ['bank']).kinds).toEqual(['TOTP']);
  });
});

describe('acr', () => {
  it('says what was reached, or of the values asked for the first that was', () => {
    expect(levelOf([])).toBeUndefined();
    expect(levelOf(['pwd'])).toBe('1fa');
    expect(levelOf(['pwd', 'otp', 'mfa'])).toBe('mfa');
    expect(levelOf(['hwk', 'user', 'mfa'])).toBe('phr');
    expect(acrOf(['hwk', 'user', 'mfa'], ['other', 'mfa', '1fa'])).toBe('mfa');
    expect(acrOf(['pwd'], ['phr', 'mfa'])).toBe('1fa');
  });
});

const kinds = fc.subarray<FactorKind>(['TOTP', 'WebAuthn']);
const situation = fc.record({
  requirement: fc.record({ kinds, any: fc.boolean() }),
  asked: fc.subarray<string>([...levels, 'unknown']),
  enrolled: kinds,
  first: fc.constantFrom<readonly string[]>(['pwd'], amrOfPasskey(false)),
  recovers: fc.boolean(),
});
const usable: readonly FactorKind[] = ['TOTP', 'WebAuthn'];

describe('the steps of a sign-in', () => {
  it('always come to an end, at which nothing demanded is missing', () => {
    fc.assert(
      fc.property(situation, ({ requirement, asked, enrolled: has, first, recovers }) => {
        const enrolled = new Set(has);
        let amr = first;
        for (let turn = 0; turn < 4; turn++) {
          const step = nextStep(requirement, amr, enrolled, { asked, usable });
          if (step === undefined) break;
          const [kind] = step.kinds;
          if (step.type === 'enrol' && kind !== undefined) enrolled.add(kind);
          const shown = kind === 'TOTP' ? amrOfTotp : amrOfPasskey(true);
          amr = joinAmr(amr, step.type === 'verify' && recovers ? amrOfRecovery : shown);
        }
        expect(nextStep(requirement, amr, enrolled, { asked, usable })).toBeUndefined();
        expect(missingFactors(requirement, amr, { asked, all: usable })).toEqual([]);
      }),
    );
  });

  it('S-127: never let who has a factor enrol another with the password alone', () => {
    fc.assert(
      fc.property(situation, ({ requirement, asked, enrolled }) => {
        const step = nextStep(requirement, ['pwd'], new Set(enrolled), { asked, usable });
        if (enrolled.length > 0) expect(step?.type).toBe('verify');
      }),
    );
  });
});
