import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderKubeconfig } from '../../src/plugin/index.ts';
import { createMachine } from './harness.ts';
import { type IssuerRules, startIssuer, type TestIssuer } from './issuer.ts';

let issuer: TestIssuer;
beforeEach(async () => {
  issuer = await startIssuer();
});
afterEach(() => issuer.close());

describe('kubectl sallyport login', () => {
  it('logs in with code and PKCE, says who and until when, and keeps the credentials', async () => {
    const machine = createMachine();
    const outcome = await machine.run(['login', '--issuer', issuer.url]);
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.stdout).toMatch(/as jane\.\nGroups: developers\nValid until: \S+Z \(in (1h|59m\d+s)\)/);
    expect(outcome.stdout).toContain('Next: kubectl auth whoami');
    expect(machine.credentials(issuer.url)?.refreshToken).toMatch(/^refresh-/);
    const request = issuer.requests[0]!;
    expect(Object.fromEntries(request)).toMatchObject({
      response_type: 'code',
      client_id: 'kubectl',
      scope: 'openid email profile groups offline_access',
      code_challenge_method: 'S256',
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it('prints the URL on standard error and no secret on either stream or in the page (S-161)', async () => {
    const machine = createMachine();
    const { stdout, stderr, page } = await machine.run(['login', '--issuer', issuer.url]);
    expect(stderr).toContain(`${issuer.url}/auth?`);
    expect(page).toContain('<h1>Signed in</h1>');
    const { idToken, refreshToken } = machine.credentials(issuer.url)!;
    for (const text of [stdout, stderr, page]) {
      expect(text).not.toContain(idToken);
      expect(text).not.toContain(refreshToken);
    }
  });

  it('takes issuer and client from the current context of the KUBECONFIG files', async () => {
    const machine = createMachine();
    const [first, second] = [join(machine.home, 'a.yaml'), join(machine.home, 'b.yaml')];
    writeFileSync(first, 'current-context: demo\n');
    writeFileSync(
      second,
      renderKubeconfig({
        clusterName: 'c',
        server: 'https://127.0.0.1:8443',
        issuerUrl: issuer.url,
        clientId: 'other',
        command: 'kubectl-sallyport',
        contextName: 'demo',
        userName: 'u',
      }),
    );
    machine.env['KUBECONFIG'] = `${first}:${join(machine.home, 'missing')}:${second}`;
    expect(await machine.run(['login'])).toMatchObject({ code: 0 });
    expect(issuer.requests[0]?.get('client_id')).toBe('other');
    expect(await machine.run(['login', '--context', 'nowhere'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the context "nowhere" does not exist'),
    });
  });

  it('says what is missing when no issuer is known', async () => {
    const { code, stderr } = await createMachine().run(['login']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('pass --issuer') });
  });

  type Case = [name: string, bend: (rules: IssuerRules) => void, code: number, message: string];
  it.each<Case>([
    [
      'the state is there twice',
      (r) => {
        r.response = (p) => p.append('state', 'x');
      },
      1,
      'a parameter is there twice',
    ],
    [
      'iss is another (RFC 9207)',
      (r) => {
        r.response = (p) => p.set('iss', 'https://evil.example');
      },
      1,
      'not from the issuer (iss)',
    ],
    [
      'a promised iss is missing',
      (r) => {
        r.response = (p) => p.delete('iss');
      },
      1,
      'not from the issuer (iss)',
    ],
    [
      'the code is missing',
      (r) => {
        r.response = (p) => p.delete('code');
      },
      1,
      'it has no code',
    ],
    [
      'the code is not known',
      (r) => {
        r.response = (p) => p.set('code', 'x');
      },
      3,
      'did not accept the code (invalid_grant)',
    ],
    [
      'the user refuses',
      (r) => {
        r.response = (p) => {
          p.delete('code');
          p.set('error', 'access_denied');
          p.set('error_description', 'no\u001b[31m thanks');
        };
      },
      3,
      'not logged in: access_denied: no thanks',
    ],
    [
      'the nonce is another',
      (r) => {
        r.claims = (c) => ({ ...c, nonce: 'x' });
      },
      1,
      'its nonce is not the one of this login',
    ],
    [
      'the nonce is missing',
      (r) => {
        r.claims = ({ nonce: _, ...c }) => c;
      },
      1,
      'its nonce is not the one of this login',
    ],
    [
      'the audience is another client',
      (r) => {
        r.claims = (c) => ({ ...c, aud: 'other' });
      },
      1,
      'its audience is "other", not "kubectl"',
    ],
    [
      'the token has another issuer',
      (r) => {
        r.claims = (c) => ({ ...c, iss: 'https://evil.example' });
      },
      1,
      'its issuer is "https://evil.example"',
    ],
    [
      'the token has expired',
      (r) => {
        r.lifetime = -10;
      },
      1,
      'check the clock',
    ],
    [
      'the signature is broken',
      (r) => {
        r.signed = (t) => `${t.slice(0, -6)}AAAAAA`;
      },
      1,
      'its signature (RS256) does not verify',
    ],
    [
      'the discovery names another issuer',
      (r) => {
        r.discovery = (d) => ({ ...d, issuer: 'https://evil.example' });
      },
      1,
      'names the issuer "https://evil.example"',
    ],
    [
      'an endpoint is plain http elsewhere',
      (r) => {
        r.discovery = (d) => ({ ...d, token_endpoint: 'http://evil.example/' });
      },
      2,
      'must use https',
    ],
    [
      'an endpoint is not for browsers',
      (r) => {
        r.discovery = (d) => ({ ...d, authorization_endpoint: 'file:///bin/sh' });
      },
      2,
      'must be an https URL',
    ],
  ])('refuses when %s', async (_name, bend, code, message) => {
    const machine = createMachine();
    bend(issuer.rules);
    const outcome = await machine.run(['login', '--issuer', issuer.url]);
    expect(outcome).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) });
    expect(machine.credentials(issuer.url)).toBeUndefined();
    if (outcome.page !== undefined) expect(outcome.page).toContain('<h1>Sign-in failed</h1>');
  });

  it('is not ended by an answer to another login', async () => {
    const machine = createMachine();
    const openBrowser = async (url: string) => {
      const redirect = new URL(url).searchParams.get('redirect_uri') ?? '';
      const planted = await fetch(`${redirect}?code=planted&state=guessed`);
      expect(planted.status).toBe(400);
      void fetch(url).catch(() => {});
      return true;
    };
    expect(await machine.run(['login', '--issuer', issuer.url], { openBrowser })).toMatchObject({
      code: 0,
    });
    expect(machine.credentials(issuer.url)?.refreshToken).toMatch(/^refresh-/);
  });

  it.each([
    ['http://sso.example.com', 'must use https'],
    ['http://127.0.0.1.example.com', 'must use https'],
    ['ftp://127.0.0.1', 'must be an https URL'],
    ['https://user:secret@sso.example.com', 'no user, password'],
  ])('refuses the issuer %s before any request (S-163)', async (url, message) => {
    const { code, stderr } = await createMachine().run(['login', '--issuer', url]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
    expect(stderr).not.toContain('secret');
  });

  it('exits 8 when nobody logs in, and 130 when the user gives up', async () => {
    const idle = async () => true;
    const args = ['login', '--issuer', issuer.url];
    const late = await createMachine().run([...args, '--timeout', '20ms'], { openBrowser: idle });
    expect(late).toMatchObject({ code: 8, stderr: expect.stringContaining('nobody logged in within') });
    const interrupt = new AbortController();
    const openBrowser = async () => {
      interrupt.abort();
      return true;
    };
    const machine = createMachine();
    expect(await machine.run(args, { openBrowser, signal: interrupt.signal })).toMatchObject({ code: 130 });
    expect(machine.cacheText()).toBe('');
  });

  it('exits 7 when the issuer is not there', async () => {
    await issuer.close();
    const outcome = await createMachine().run(['login', '--issuer', issuer.url]);
    expect(outcome).toMatchObject({ code: 7, stderr: expect.stringContaining('nothing listens there') });
  });

  it('names the port that is in use', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as { port: number };
    const args = ['login', '--issuer', issuer.url, '--listen-port', String(port)];
    const outcome = await createMachine().run(args);
    squatter.close();
    expect(outcome).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`127.0.0.1:${port}: it is in use`),
    });
  });
});
