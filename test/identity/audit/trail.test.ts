import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AuditLine,
  bob,
  credentials,
  type Door,
  jane,
  loopback,
  openDoor,
  postToken,
  signInFor,
  startAuthorization,
  walk,
  webClient,
  webRedirect,
} from '../support/door.ts';

const forKubectl = { redirect_uri: loopback, scope: 'openid offline_access' };
const forWeb = { redirect_uri: webRedirect, scope: 'openid' };

const short = ({ action, result, reason, detail }: AuditLine) =>
  [action, ...(result === 'success' ? [] : [reason]), ...(detail === undefined ? [] : [detail])].join(' ');

/** An act each, with what is in the trail of it. */
describe('the audit trail of door 1', () => {
  let door: Door;
  let seen: number;

  beforeEach(async () => {
    door = await openDoor();
    seen = 0;
  });
  afterEach(() => door.close());

  /** What has come since the last time. */
  function told(): readonly AuditLine[] {
    const news = door.events.slice(seen);
    seen = door.events.length;
    return news;
  }
  const words = () => told().map(short);
  const kubectl = () => door.relyingParty('kubectl');

  it('follows a person by ids from the page to the end of the session', async () => {
    const browser = door.browser();
    const { tokens } = await signInFor(await kubectl(), browser, forKubectl);
    const { sid } = decodeJwt(tokens.id_token ?? '');
    const signIn = told();
    expect(signIn.map(short)).toEqual(['sign-in pwd', 'authorize', 'token.issue authorization_code']);
    const [page, authorize, issue] = signIn;
    expect(page?.interaction).toMatch(/^[\w-]{43}$/);
    expect(authorize).toMatchObject({ interaction: page?.interaction, sid, client: 'kubectl' });
    expect(authorize?.browser).toMatch(/^[\w-]{43}$/);
    expect(issue).toMatchObject({ sid, subject: 'id-jane', address: '127.0.0.1' });

    const other = await signInFor(await kubectl(), browser, forKubectl);
    const again = told();
    expect(again.map(({ browser: id }) => id)).toContain(authorize?.browser);
    expect(again.find(({ action }) => action === 'authorize')?.sid).toBe(
      decodeJwt(other.tokens.id_token ?? '').sid,
    );

    await client.tokenRevocation(await kubectl(), tokens.refresh_token ?? '');
    const ended = told();
    expect(ended.map(short)).toEqual(['session.end revocation', 'token.revoke']);
    for (const event of ended) expect(event).toMatchObject({ sid, client: 'kubectl' });
    const [one, two] = ended.map(({ request_id }) => request_id);
    expect(one).toBe(two);
  });

  it('tells consent, and who declines', async () => {
    const web = await door.relyingParty('web', webClient.secret);
    await signInFor(web, door.browser(), forWeb);
    expect(words()).toEqual(['sign-in pwd', 'consent', 'authorize', 'token.issue authorization_code']);
    const browser = door.browser();
    const page = await browser.open((await startAuthorization(web, forWeb)).url);
    const consent = await browser.submit(page, credentials, '/login');
    await browser.submit(consent, {}, '/abort');
    expect(words()).toEqual(['sign-in pwd', 'authorize access_denied']);
  });

  it('tells refreshes, and a token that comes a second time ends its session', async () => {
    const { tokens } = await signInFor(await kubectl(), door.browser(), forKubectl);
    const first = tokens.refresh_token ?? '';
    const second = (await client.refreshTokenGrant(await kubectl(), first)).refresh_token ?? '';
    await client.refreshTokenGrant(await kubectl(), second);
    told();
    await postToken(door, { client_id: 'kubectl', grant_type: 'refresh_token', refresh_token: first });
    expect(words().sort()).toEqual(['session.end reuse', 'token.issue invalid_grant refresh_token']);
  });

  it('tells why a session ended: sign-out, another person, an operator, its account, the keys', async () => {
    const by = { name: 'cli:root' };
    const signIn = async (browser = door.browser(), fields = credentials) => {
      await signInFor(await kubectl(), browser, { redirect_uri: loopback, scope: 'openid' }, fields);
      told();
      return browser;
    };
    const leaving = await signIn();
    const page = await leaving.open(`${door.issuer}/logout`);
    await leaving.submit(page);
    expect(words()).toEqual([]);
    await leaving.submit(await leaving.open(`${door.issuer}/logout`), { logout: 'yes' });
    const left = told();
    expect(left.map(short).sort()).toEqual(['session.end signOut', 'session.end signOut', 'sign-out']);
    for (const { actor, subject } of left) expect([actor, subject]).toEqual(['id-jane', 'id-jane']);

    await signIn();
    await door.identity.sessions.endAllOf('id-jane', { cause: 'request', by });
    const asked = told();
    expect(asked.map(short)).toEqual(['session.end request', 'session.end request']);
    expect(asked.map(({ actor, subject }) => [actor, subject])).toEqual([
      ['cli:root', 'id-jane'],
      ['cli:root', 'id-jane'],
    ]);

    await signIn();
    await door.identity.keys.rotate({ revoke: true, by });
    expect(words()).toEqual(['session.end keys', 'session.end keys', 'key.rotate revocation']);
  });

  it('tells of clients and accounts that were put in force, and of those that were not', async () => {
    await door.identity.reload({ clients: [webClient], passwords: [jane] });
    const twice = { clients: [webClient], passwords: [jane, { ...bob, userID: jane.userID }] };
    await expect(door.identity.reload(twice)).rejects.toThrow();
    expect(words()).toEqual(['configuration.reload', 'configuration.reload accountConflict']);
  });

  it('is written before the answer: where it cannot be, nobody gets a code or a token', async () => {
    const refusing = new Set<string>();
    const strict = await openDoor({
      audit: {
        async record({ action }) {
          if (refusing.has(action)) throw new Error('the disk is full');
        },
      },
    });
    const party = await strict.relyingParty('kubectl');
    refusing.add('authorize');
    const attempt = await startAuthorization(party, forKubectl);
    const page = await walk(strict.browser(), attempt.url);
    expect(page.status).toBe(503);
    expect(page.headers.get('location')).toBeNull();
    refusing.clear();
    refusing.add('token.issue');
    await expect(signInFor(party, strict.browser(), forKubectl)).rejects.toMatchObject({
      cause: { status: 503 },
    });
    refusing.add('sign-in');
    const browser = strict.browser();
    const form = await browser.open((await startAuthorization(party, forKubectl)).url);
    const answer = await browser.submit(form, credentials, '/login');
    expect(answer.status).toBe(500);
    await strict.close();
  });
});
