import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { run } from './support/kubectl.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { type SecretService, startSecretService } from './support/secret-service.ts';
import { openSigningBrowser, type SigningBrowser } from './support/signing-browser.ts';

const PLUGIN = resolve(import.meta.dirname, '../bin/kubectl-sallyport');

/** The tests of the plugin have programs that stand for keyrings; this is GNOME's own, on a real session bus. */
describe.skipIf(inject('secretTool') === '')('the refresh token in GNOME Keyring', () => {
  let sallyport: Sallyport;
  let browser: SigningBrowser;
  let service: SecretService;
  let home: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'sallyport-keyring-'));
    [sallyport, browser, service] = await Promise.all([
      startSallyport((config) => config.replace(/gateway:[\s\S]*/, '')),
      openSigningBrowser(home, 'jane'),
      startSecretService(home),
    ]);
    const { PATH } = process.env;
    env = { PATH, HOME: home, BROWSER: browser.program, ...service.env };
  });

  afterAll(async () => {
    browser?.close();
    await service?.close();
    await sallyport?.dispose();
    await rm(home, { recursive: true, force: true });
  });

  const plugin = (args: readonly string[], of = env) =>
    run(PLUGIN, [...args, '--issuer', sallyport.issuer], of);
  const login = (of = env) => plugin(['login', '--cache=keyring'], of);

  async function cached(): Promise<readonly [path: string, content: Record<string, unknown>]> {
    const directory = join(home, '.kube/cache/sallyport');
    const [name = ''] = (await readdir(directory)).filter((one) => one.endsWith('.json'));
    const path = join(directory, name);
    return [path, JSON.parse(await readFile(path, 'utf8'))];
  }

  async function expire(): Promise<void> {
    const [path, content] = await cached();
    await writeFile(path, JSON.stringify({ ...content, expiresAt: 0 }));
  }

  /** What the keyring has, as everybody can see who may open it. */
  const secret = async () => (await run('secret-tool', ['lookup', 'service', 'sallyport'], env)).stdout;

  it('is kept there and nowhere else, replaced at each renewal, and gone after the logout', async () => {
    const { code, stderr } = await login();
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('Warning')]);
    const first = await secret();
    expect(first).toMatch(/^[\w-]{20,}$/);
    expect((await cached())[1]).toMatchObject({ inKeyring: true });
    expect(JSON.stringify(await cached())).not.toContain(first);
    await expire();
    expect((await plugin(['token'])).code).toBe(0);
    const second = await secret();
    expect(second).toMatch(/^[\w-]{20,}$/);
    expect(second).not.toBe(first);
    expect((await plugin(['logout'])).code).toBe(0);
    expect(await secret()).toBe('');
  });

  it('is in a file where there is no session bus, which is said with the reason', async () => {
    const { DBUS_SESSION_BUS_ADDRESS: _, ...bare } = env;
    const { code, stderr } = await login(bare);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        /Warning: no keyring keeps the refresh token \(secret-tool does not take it: .*D-Bus/,
      ),
    ]);
    expect((await cached())[1]).toMatchObject({ refreshToken: expect.any(String) });
    expect((await plugin(['logout'], bare)).code).toBe(0);
  });

  it('is not given by a keyring that is locked: it is said why, and a new login puts it into a file', async () => {
    expect((await login()).stderr).not.toContain('Warning');
    await service.lock();
    await expire();
    const refused = await plugin(['token'], { ...env, CI: 'true' });
    expect([refused.code, refused.stdout]).toEqual([3, '']);
    expect(refused.stderr).toContain('Warning: the keyring does not give the refresh token (secret-tool: ');
    expect(refused.stderr).toContain('not logged in');
    const { code, stderr } = await login();
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(
        '(secret-tool does not take it: Cannot create an item in a locked collection); it is in a file of mode 0600 instead.',
      ),
    ]);
    expect((await cached())[1]).toMatchObject({ refreshToken: expect.any(String) });
  });
});
