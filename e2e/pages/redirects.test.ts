import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchBrowser } from '../support/browser.ts';

/**
 * What a browser makes of the ways from a form to a program on the person's own computer. It is why a sign-in ends on a page
 * that leads on by itself: should a later browser judge otherwise, this says so.
 */

/** The program that waits for the person. */
let program: Server;
let programUrl: string;
/** A site with forms. */
let site: Server;
let siteUrl: string;
/** To it the site is on the public network, as it is to people; the program stays on their own computer. */
let people: Browser;
/** To it both are on this computer. */
let local: Browser;

const policyOf = (formAction: string) => ({
  'content-type': 'text/html',
  'content-security-policy': `default-src 'none'; form-action ${formAction}`,
});

function sendForm(res: ServerResponse, to: string): void {
  res.writeHead(200, policyOf("'self'")).end(`<form method="post" action="${to}"><button>go</button></form>`);
}

/** What each address of the site does. */
const WAYS: Readonly<Record<string, (res: ServerResponse) => void>> = {
  '/straight': (res) => res.writeHead(303, { location: programUrl }).end(),
  '/by-a-redirect': (res) => res.writeHead(303, { location: '/next' }).end(),
  '/next': (res) => res.writeHead(302, { location: programUrl }).end(),
  '/by-a-page': (res) => res.writeHead(303, { location: '/page' }).end(),
  '/page': (res) =>
    res.writeHead(200, policyOf("'none'")).end(`<meta http-equiv="refresh" content="0;url=${programUrl}">`),
};

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  program = createServer((_req, res) =>
    res.writeHead(200, { 'access-control-allow-origin': '*' }).end('signed in'),
  );
  site = createServer((req, res) => {
    const [path = '/', form] = (req.url ?? '/').split('?');
    if (form !== undefined) sendForm(res, path);
    else if (WAYS[path] !== undefined) WAYS[path](res);
    else res.writeHead(200, { 'content-type': 'text/html' }).end('<h1>a page without a policy</h1>');
  });
  programUrl = `${await listen(program)}/`;
  siteUrl = await listen(site);
  [people, local] = await Promise.all([
    launchBrowser([`--ip-address-space-overrides=${new URL(siteUrl).host}=public`]),
    launchBrowser(),
  ]);
});

afterAll(async () => {
  await Promise.all([people?.close(), local?.close()]);
  for (const server of [program, site]) {
    server?.close();
    server?.closeAllConnections();
  }
});

async function open(browser: Browser) {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  return context.newPage();
}

describe('from a form whose page allows its own site only (form-action)', () => {
  it.each([
    ['/straight', false],
    ['/by-a-redirect', false],
    ['/by-a-page', true],
  ] as const)('%s: the program is reached: %s', async (way, reached) => {
    const page = await open(people);
    const refusals: string[] = [];
    page.on('console', (message) => refusals.push(message.text()));
    await page.goto(`${siteUrl}${way}?form`);
    await page.click('button', { noWaitAfter: true });
    if (reached) {
      await page.waitForURL(programUrl);
      expect(refusals).toEqual([]);
    } else {
      await expect.poll(() => refusals.join()).toContain('form-action');
      expect(page.url()).toBe(`${siteUrl}${way}?form`);
    }
  });
});

describe('from a page of the public network to the loopback (Local Network Access)', () => {
  const ask = `fetch('PROGRAM').then((answer) => answer.text(), (error) => String(error))`;

  it('a script is stopped; without the two networks it would not be', async () => {
    for (const [browser, answer] of [
      [local, 'signed in'],
      [people, 'TypeError: Failed to fetch'],
    ] as const) {
      const page = await open(browser);
      await page.goto(siteUrl);
      expect(await page.evaluate(ask.replace('PROGRAM', programUrl))).toBe(answer);
    }
  });

  it.each(['/next', '/page'])('a navigation by %s arrives', async (way) => {
    const page = await open(people);
    await page.goto(siteUrl + way);
    await page.waitForURL(programUrl);
    expect(await page.textContent('body')).toBe('signed in');
  });
});
