import { randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { genericGrantRequest, initiateDeviceAuthorization } from 'openid-client';
import { afterEach, describe, expect, it } from 'vitest';
import { accountOfUpstream } from '../../../src/identity/claims/subjects.ts';
import { ConnectorError } from '../../../src/identity/connectors/connector-error.ts';
import { createOIDCConnector } from '../../../src/identity/connectors/oidc/oidc-connector.ts';
import { createSealer } from '../../../src/store/index.ts';
import { textOf } from '../support/browser-like.ts';
import { type Door, type DoorOptions, dump, redeem } from '../support/door.ts';
import { type FakeProvider, startFakeProvider } from './fake-provider.ts';
import { beginSignIn, comeBack, connectorTo, openDoorWith } from './support.ts';

let provider: FakeProvider;
let door: Door | undefined;

afterEach(async () => {
  await door?.close();
  door = undefined;
  await provider.close();
});

async function open(options: DoorOptions = {}): Promise<Door> {
  provider = await startFakeProvider();
  door = await openDoorWith((base) => [connectorTo(provider.issuer, base)], options);
  return door;
}

const ada = accountOfUpstream({ connector: 'corp', userId: 'u-1' });

async function signIn(at: Door, parameters = {}) {
  const { browser, attempt, page } = await beginSignIn(at, { connector_id: 'corp', ...parameters });
  const end = await comeBack(browser, provider, page);
  return { browser, attempt, end };
}

describe('second factors of people of connectors', () => {
  const authenticator = { id: 'app', type: 'TOTP', config: {} } as const;
  const mfa = (connectorTypes?: readonly string[]) => ({
    authenticators: [{ ...authenticator, connectorTypes }],
    defaultMFAChain: ['app'],
  });

  it('are asked for like everybody’s, whatever the provider says of its own', async () => {
    const at = await open({ mfa: mfa() });
    provider.behaviour.claims = { amr: ['mfa', 'otp'], acr: 'phr' };
    const { end } = await signIn(at);
    expect(textOf(end)).toContain('Add a second factor');
  });

  it('are not, where an authenticator is for others', async () => {
    const at = await open({ mfa: mfa(['local']) });
    expect((await signIn(at)).end.url).toContain('code=');
  });

  it('are of members of the provider’s groups, too', async () => {
    const at = await open({ mfa: { requiredForGroups: ['admins'] } });
    expect(textOf((await signIn(at)).end)).toContain('Add a second factor');
  });
});

describe('S-058: connectors that a client lets in', () => {
  const clients = [
    { id: 'kubectl', public: true },
    { id: 'wiki', public: true, allowedConnectors: ['local'], trustedPeers: ['kubectl'] },
  ];

  it('count at a token exchange, and for a token for several clients', async () => {
    const at = await open({ clients });
    const { attempt, end } = await signIn(at);
    const config = await at.relyingParty('kubectl');
    const tokens = await redeem(config, attempt, end.url);
    const exchanged = genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:token-exchange', {
      subject_token: tokens.id_token ?? '',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      audience: 'wiki',
    });
    await expect(exchanged).rejects.toMatchObject({ error: 'invalid_request' });
    const { page } = await beginSignIn(at, { scope: 'openid audience:server:client_id:wiki' });
    expect(page.body).not.toContain('/connector/corp');
  });

  it('count when a device is let in', async () => {
    const at = await open({ clients });
    const { browser } = await signIn(at);
    const { user_code } = await initiateDeviceAuthorization(await at.relyingParty('wiki'), {
      scope: 'openid',
    });
    const code = await browser.open(`${at.issuer}/device?user_code=${user_code}`);
    const confirm = await browser.submit(code, {}, '/device');
    const answer = await browser.submit(confirm, { decision: 'approve' }, '/device/confirm');
    expect(textOf(answer)).toContain('It is for people who sign in another way.');
  });
});

describe('what is kept of people of connectors', () => {
  it('is sealed, where it lets anybody ask the provider', async () => {
    const keys = { current: randomBytes(32), previous: [] };
    const at = await open({ sealer: createSealer(keys) });
    const { attempt, end } = await signIn(at);
    await redeem(await at.relyingParty('kubectl'), attempt, end.url);
    const stored = await dump(at.store);
    expect(stored).toContain(ada);
    expect(stored).not.toMatch(/refresh-\d/);
  });

  it('shows where they are from at /admin/sources', async () => {
    const at = await open();
    await signIn(at);
    expect(await at.identity.sources()).toContainEqual({
      id: 'corp',
      connector: { name: 'Corporation', type: 'oidc', isAway: false },
      fixed: 0,
      stored: 1,
      factors: ['TOTP'],
    });
  });

  it('ends with their sessions, for an operator as for everybody', async () => {
    const at = await open();
    const { attempt, end, browser } = await signIn(at);
    const tokens = await redeem(await at.relyingParty('kubectl'), attempt, end.url);
    await at.identity.sessions.endAllOf(ada);
    expect(at.identity.isEnded(String(decodeJwt(tokens.id_token ?? '')['sid']))).toBe(true);
    expect(textOf(await browser.open(`${at.issuer}/`))).toContain('You are not signed in');
  });
});

describe('S-151: a provider that does not answer in time', () => {
  it('is one that is not there', async () => {
    provider = await startFakeProvider({ answer: { discovery: { hangs: true } } });
    const connector = createOIDCConnector(connectorTo(provider.issuer, 'https://id.example'), {
      now: Date.now,
      timeout: 50,
    });
    const request = {
      state: 's',
      nonce: 'n',
      verifier: 'v'.repeat(43),
      offline: false,
      prompt: [],
      maxAge: undefined,
      loginHint: undefined,
      uiLocales: undefined,
    };
    const begun = connector.begin(request).catch((error: unknown) => error);
    expect(await begun).toBeInstanceOf(ConnectorError);
    expect(await begun).toMatchObject({ fault: 'unreachable' });
    expect(connector.isAway()).toBe(true);
    await connector.close();
  });
});
