import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMachine, execCredential, execInfo, interactiveInfo } from '../harness.ts';
import { startIssuer, type TestIssuer } from '../issuer.ts';

let issuer: TestIssuer;
let login: string[];
beforeEach(async () => {
  issuer = await startIssuer();
  issuer.rules.device = [];
  login = ['login', '--issuer', issuer.url];
});
afterEach(() => issuer.close());

const noBrowser = { env: {}, openBrowser: undefined as never };

describe('a login with a device code', () => {
  it('says why, always shows the code, and waits until it is let in', async () => {
    issuer.rules.device = ['authorization_pending', 'authorization_pending'];
    const machine = createMachine();
    machine.env['SSH_CONNECTION'] = '192.0.2.1 1 192.0.2.2 22';
    const { code, stdout, stderr } = await machine.run(login);
    expect(stderr).toContain('Logging in with a code, because you came here by SSH');
    expect(stderr).toContain(`  ${issuer.url}/device?user_code=BCDF-GHJK\n\n  Code: BCDF-GHJK\n`);
    expect(stderr).not.toContain('▀');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('as jane.') });
    expect(issuer.counts).toMatchObject({ device: 3, authorize: 0 });
    expect(Object.fromEntries(issuer.requests[0]!)).toEqual({
      client_id: 'kubectl',
      scope: 'openid email profile groups offline_access',
    });
    expect(`${stdout}${stderr}`).not.toContain('device-secret');
  });

  it('has a picture of the address on a terminal', async () => {
    const machine = createMachine();
    const { stderr } = await machine.run([...login, '--flow=device-code'], { stderrIsTerminal: () => true });
    expect(stderr).toMatch(/[▀▄█]{10}/);
    expect(stderr).toContain('Code: BCDF-GHJK');
  });

  it.each([
    ['access_denied', 3],
    ['expired_token', 3],
    ['invalid_client', 1],
  ])('ends when the issuer says %s', async (error, code) => {
    issuer.rules.device = [error];
    const outcome = await createMachine().run([...login, '--grant-type=device-code']);
    expect(outcome).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(error) });
  });

  it('asks more slowly when it is told to, and gives up in time', async () => {
    issuer.rules.device = ['slow_down', 'authorization_pending'];
    const outcome = await createMachine().run([...login, '--flow=device-code', '--timeout=2s']);
    expect(outcome).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('nobody let the code in in time'),
    });
    expect(issuer.counts.device).toBe(1);
  });

  it('is there for kubectl, too, with nothing but the credential on standard output', async () => {
    const machine = createMachine();
    machine.env['KUBERNETES_EXEC_INFO'] = interactiveInfo;
    machine.env['SSH_TTY'] = '/dev/pts/0';
    const outcome = await machine.run(['token', '--issuer', issuer.url]);
    expect(execCredential(outcome).status.token).toBe(machine.credentials(issuer.url)?.idToken);
    expect(outcome.stderr).toContain('Code: BCDF-GHJK');
  });

  it('is not begun in a CI job', async () => {
    const machine = createMachine();
    machine.env['CI'] = 'true';
    expect(await machine.run(login)).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(/^not logged in: CI is set/),
    });
  });
});

describe('a login whose answer is pasted', () => {
  it('takes the address that the browser elsewhere ended at, and no other', async () => {
    const machine = createMachine();
    const shown: string[] = [];
    const lines = ['', 'hello', 'http://127.0.0.1:1/callback?code=x&state=y'];
    const outcome = await machine.run([...login, '--flow=paste'], {
      ...noBrowser,
      stderr: (text) => shown.push(text),
      readLine: async () => {
        const line = lines.shift();
        if (line !== undefined) return line;
        const url = /http\S+\/auth\?\S+/.exec(shown.join(''))?.[0] ?? '';
        const answer = await fetch(url, { redirect: 'manual' });
        return answer.headers.get('location') ?? '';
      },
      env: machine.env,
    });
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining('as jane.') });
    expect(shown.filter((text) => text.startsWith('That is not the answer'))).toHaveLength(2);
  });

  it('ends after twenty lines that are not the answer', async () => {
    const outcome = await createMachine().run([...login, '--flow=paste'], { readLine: async () => 'no' });
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining('giving up: 20 lines') });
  });
});

describe('a program that acts for itself', () => {
  const token = (...more: string[]) => [
    ...['token', '--issuer', issuer.url, '--client-id=ci', '--grant-type=client-credentials'],
    ...more,
  ];

  function withFile(text: string) {
    const machine = createMachine();
    const file = join(machine.home, 'proof');
    writeFileSync(file, `${text}\n`);
    Object.assign(machine.env, { CI: 'true', KUBERNETES_EXEC_INFO: execInfo(false) });
    return { machine, file };
  }

  it('gets a token by its secret where nobody is, keeps it, and asks anew when it has to', async () => {
    const { machine, file } = withFile('s3cret');
    const first = await machine.run(token('--client-secret-file', file));
    expect(execCredential(first).status.token).toBe(machine.credentials(issuer.url, 'ci')?.idToken);
    expect(first.stderr).not.toContain('s3cret');
    expect(machine.cacheText()).not.toContain('s3cret');
    await machine.run(token('--client-secret-file', file), { parent: () => 'another kubectl' });
    expect(issuer.requests.map((request) => Object.fromEntries(request))).toEqual([
      {
        grant_type: 'client_credentials',
        scope: 'openid profile groups',
        client_id: 'ci',
        client_secret: 's3cret',
      },
    ]);
    const renewed = await machine.run(token('--client-secret-file', file, '--force-refresh'));
    expect(renewed.code).toBe(0);
    expect(issuer.requests).toHaveLength(2);
  });

  it('gets one by the word of another issuer', async () => {
    const { machine, file } = withFile('header.payload.signature');
    machine.env['SALLYPORT_CLIENT_ASSERTION_FILE'] = file;
    expect((await machine.run(token())).code).toBe(0);
    expect(Object.fromEntries(issuer.requests[0]!)).toMatchObject({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'header.payload.signature',
    });
  });

  it('is told that the issuer does not take it', async () => {
    const { machine, file } = withFile('wrong');
    expect(await machine.run(token('--client-secret-file', file))).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(/^not logged in: http\S+ does not take the client ci, invalid_client/),
    });
  });

  it.each([
    [[], /needs --client-secret-file or --client-assertion-file/],
    [['--client-secret-file=/gone'], /cannot read --client-secret-file \/gone: ENOENT/],
    [['--client-secret-file=/a', '--client-assertion-file=/b'], /not both/],
  ])('has to prove who it is: %j', async (flags, words) => {
    const { machine } = withFile('');
    expect(await machine.run(token(...flags))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(words),
    });
  });
});
