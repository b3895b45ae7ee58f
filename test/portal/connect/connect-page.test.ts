import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { addConnectPage } from '../../../src/portal/index.ts';
import { issueAuthority } from '../../gateway/support/client-certificates.ts';
import { textOf } from '../../identity/support/browser-like.ts';
import { credentials, type Door, openDoor } from '../../identity/support/door.ts';

let door: Door;
let authority: string;

beforeAll(async () => {
  [door, { cert: authority }] = await Promise.all([openDoor({ path: '/id' }), issueAuthority('kube')]);
  addConnectPage({
    host: door.identity.pages,
    issuer: door.issuer,
    clientId: 'kubectl',
    version: '1.2.3',
    clusters: [
      {
        name: 'sallyport',
        server: 'https://kube.example',
        access: {
          userOf: ({ preferred_username }) => ({
            username: String(preferred_username),
            uid: '',
            groups: ['dev'],
            extra: {},
          }),
        },
      },
      {
        name: 'sallyport-blue',
        server: 'https://kube.example/clusters/blue',
        access: { userOf: () => 'nobody there' },
      },
    ],
    certificateAuthority: () => authority,
  });
});
afterAll(() => door.close());

/** Somebody who signs in on the way. */
async function look(path: string, headers: Record<string, string> = {}) {
  const browser = door.browser(headers);
  const login = await browser.open(`${door.issuer}${path}`);
  expect(login.title).toBe('Sign in – Sallyport');
  return { browser, page: await browser.submit(login, credentials, '/login') };
}

describe('the connect pages', () => {
  it('lead from all clusters to one, in the navigation, too', async () => {
    const { browser, page } = await look('/connect');
    expect(page.title).toBe('Connect – Sallyport');
    expect(page.body).toContain('<a href="/id/connect" aria-current="page">Connect</a>');
    const [, url] = /href="(\/id\/connect\/sallyport-blue)"/.exec(page.body) ?? [];
    const blue = await browser.open(new URL(url ?? '', door.issuer).href);
    expect(blue.title).toBe('Connect to sallyport-blue – Sallyport');
    expect(textOf(blue)).toContain('Your account does not become a Kubernetes user here.');
  });

  it('say where the cluster is, by which authority it is known, and who one is there', async () => {
    const { page } = await look('/connect/sallyport');
    const text = textOf(page);
    expect(text).toContain('https://kube.example');
    expect(text).toContain(new X509Certificate(authority).fingerprint256);
    expect(text).toMatch(/To Kubernetes you are jane Groups dev/);
    expect(text).toMatch(/npm install --global \S+\.tgz kubectl sallyport version/);
    expect(text).toContain(`kubectl sallyport login ${door.issuer}`);
  });

  it('show first the commands of the system that the browser is on', async () => {
    const opened = (body: string) => /<details name="merge" open><summary>([^<]+)/.exec(body)?.[1];
    const windows = await look('/connect/sallyport', { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0)' });
    expect(opened(windows.page.body)).toBe('Windows PowerShell');
    expect(opened((await look('/connect/sallyport')).page.body)).toBe('macOS and Linux');
  });

  it('give a kubeconfig without a secret, as a file that nobody keeps', async () => {
    const { page } = await look('/connect/sallyport');
    const browser = await look('/connect/sallyport-blue');
    const file = await browser.browser.request(`${door.issuer}/connect/sallyport-blue/kubeconfig`);
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="sallyport-blue.kubeconfig"');
    expect(file.headers.get('cache-control')).toBe('no-store');
    expect(parse(file.body)).toMatchObject({
      'current-context': 'sallyport-blue',
      clusters: [
        {
          cluster: {
            server: 'https://kube.example/clusters/blue',
            'certificate-authority-data': Buffer.from(authority).toString('base64'),
          },
        },
      ],
      users: [{ user: { exec: { command: 'kubectl-sallyport' } } }],
    });
    expect(file.body).not.toMatch(/secret|refresh|id-token/);
    expect(page.body).toContain('href="/id/connect/sallyport/kubeconfig"');
  });

  it('give nothing to who is not signed in, and nothing of clusters that there are not', async () => {
    const stranger = door.browser();
    for (const path of ['/connect', '/connect/sallyport', '/connect/sallyport/kubeconfig'])
      expect((await stranger.open(`${door.issuer}${path}`)).title).toBe('Sign in – Sallyport');
    for (const path of ['/connect/red', '/connect/red/kubeconfig', '/connect/SALLYPORT'])
      expect((await stranger.open(`${door.issuer}${path}`)).status).toBe(404);
  });

  it('allow their own script, and no other', async () => {
    const { page } = await look('/connect/sallyport');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const [, src = ''] = /<script type="module" src="([^"]+)">/.exec(page.body) ?? [];
    expect(await (await fetch(new URL(src, door.issuer))).text()).toContain('navigator.clipboard');
  });
});
