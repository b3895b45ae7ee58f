import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { complaintsOf } from '../support/page-audit.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';
import { type Auditor, createAuditor } from './auditor.ts';
import { DOOR, DOOR_CONFIG } from './door-rows.ts';
import { LARGE, LARGE_CONFIG, LARGE_FILES, STRANGERS_CONFIG } from './large-rows.ts';
import { PORTAL } from './portal-rows.ts';
import { LANGUAGE_COOKIE, openWalk, type Walk } from './walk.ts';

/** `SCREENSHOTS=1` takes a picture of each page, narrow and wide, light and dark, in both languages. */
const SCREENSHOTS =
  process.env['SCREENSHOTS'] === '1' ? resolve(import.meta.dirname, '../screenshots') : undefined;

let sallyport: Sallyport;
let browser: Browser;

beforeAll(async () => {
  if (SCREENSHOTS !== undefined) mkdirSync(SCREENSHOTS, { recursive: true });
  [sallyport, browser] = await Promise.all([
    startSallyport(
      (config) =>
        config
          .replace('staticClients: []\n', DOOR_CONFIG + STRANGERS_CONFIG)
          .replace('\n  target: embedded\n', LARGE_CONFIG),
      { host: 'localhost', files: LARGE_FILES },
    ),
    launchBrowser(),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await sallyport?.dispose();
});

describe.each(['en', 'sv'] as const)('every page in %s', (lang) => {
  let context: BrowserContext;
  let walk: Walk;
  let auditor: Auditor;
  let complaints: readonly string[];

  beforeAll(async () => {
    // A colour on its way from one theme to the other is no colour to be judged.
    context = await browser.newContext({ reducedMotion: 'reduce' });
    await context.addCookies([{ name: LANGUAGE_COOKIE, value: lang, url: sallyport.issuer }]);
    const page = await context.newPage();
    walk = await openWalk(sallyport, page, lang);
    complaints = complaintsOf(page);
    auditor = createAuditor(walk, (name) =>
      SCREENSHOTS === undefined ? undefined : join(SCREENSHOTS, `${name}.png`),
    );
  });

  afterAll(async () => {
    walk?.close();
    await context?.close();
  });

  // Light and dark, narrow and wide, by keyboard, with and without scripts.
  it.each(Object.entries({ ...PORTAL, ...LARGE, ...DOOR }))(
    'can be read and used by somebody %s',
    async (_who, rows) => {
      const wrong: string[] = [];
      for (const row of rows) {
        await row.go(walk);
        wrong.push(...(await auditor.audit(row)));
      }
      expect(wrong).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  it('tells browsers and password managers what may be filled in', () => {
    expect([...auditor.tokens].sort()).toEqual([
      'current-password',
      'new-password',
      'off',
      'one-time-code',
      'username webauthn',
    ]);
  });
});
