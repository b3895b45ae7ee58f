import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Terminal } from './support/kubectl.ts';
import { openTerminalAs } from './support/own-kubeconfig.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { startTokenIssuer, type TokenIssuer } from './support/token-issuer.ts';

describe.each(['1.32', '1.35'] as const)('kubectl %s in somebody else’s name', (version) => {
  let issuer: TokenIssuer;
  let sallyport: Sallyport;
  let admin: Terminal;
  let jane: Terminal;

  beforeAll(async () => {
    issuer = await startTokenIssuer();
    sallyport = await startSallyport((config) => config, {
      files: { 'config/demo/authentication.yaml': issuer.authenticationConfiguration },
    });
    const terminal = async (person: string, group: string) =>
      openTerminalAs(sallyport, inject('kubectl')[version], { token: await issuer.token(person, [group]) });
    [admin, jane] = [await terminal('admin', 'platform-admins'), await terminal('jane', 'developers')];
  });

  afterAll(async () => {
    await Promise.all([admin, jane].map((terminal) => terminal?.dispose()));
    await sallyport?.dispose();
    issuer?.close();
  });

  async function ok(terminal: Terminal, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await terminal.kubectl(...args);
    expect(code, `kubectl ${args.join(' ')}: ${stderr}`).toBe(0);
    return stdout;
  }

  async function refused(terminal: Terminal, sentence: string, ...args: string[]): Promise<void> {
    const { code, stderr } = await terminal.kubectl(...args);
    expect(stderr).toContain(sentence);
    expect(code).toBe(1);
  }

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
