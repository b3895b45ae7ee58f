import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KUBECTL_VERSIONS, type Terminal } from './support/kubectl.ts';
import { ok, refused } from './support/outcomes.ts';
import { startTrustingTokens, type TrustedTokens } from './support/trusted-tokens.ts';

describe.each(KUBECTL_VERSIONS)('kubectl %s in somebody else’s name', (version) => {
  let started: TrustedTokens;
  let admin: Terminal;
  let jane: Terminal;

  beforeAll(async () => {
    started = await startTrustingTokens();
    [admin, jane] = await Promise.all([
      started.open(version, 'admin', ['platform-admins']),
      started.open(version, 'jane', ['developers']),
    ]);
  });

  afterAll(() => started?.dispose());

  it('is exactly whom --as, --as-group and --as-uid say', async () => {
    const assumed = ['--as=jane', '--as-group=a', '--as-group=b,c', '--as-uid=u-1'];
    const { username, uid, groups } = JSON.parse(await ok(admin, 'auth', 'whoami', '-o', 'json', ...assumed))
      .status.userInfo;
    expect({ username, uid, groups }).toEqual({
      username: 'jane',
      uid: 'u-1',
      groups: ['a', 'b,c', 'system:authenticated'],
    });
    // Of her own groups, none counts: the demo lets developers work in dev.
    await refused(admin, 'User "jane" cannot list resource "pods"', 'get', 'pods', '-n', 'dev', ...assumed);
    await ok(admin, 'get', 'pods', '-n', 'dev', '--as=jane', '--as-group=developers');
    const account = 'system:serviceaccount:dev:robot';
    expect(
      JSON.parse(await ok(admin, 'auth', 'whoami', '-o', 'json', `--as=${account}`)).status.userInfo.groups,
    ).toEqual(['system:serviceaccounts', 'system:serviceaccounts:dev', 'system:authenticated']);
  });

  it('refuses what --as leaves open, and each part that is not allowed', async () => {
    for (const alone of ['--as-group=a', '--as-uid=u-1']) {
      const { code, stderr } = await admin.kubectl('get', 'pods', alone);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/without impersonating a user/)]);
    }
    // Knows the API's kinds from then on; asked for them in somebody else's name, kubectl says no reason.
    await ok(jane, 'get', 'pods', '-n', 'dev');
    for (const part of ['--as-group=system:masters', '--as-uid=u-1']) {
      await refused(jane, 'User "jane" cannot impersonate', 'get', 'pods', '--as=jane', part);
    }
  });
});
