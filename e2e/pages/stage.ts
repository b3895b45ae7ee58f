import type { Browser, BrowserContext, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { openRelyingParty, type RelyingParty } from '../support/relying-party.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';

/** The started product, and a browser that many people use one after the other. */
export interface Stage {
  readonly sallyport: Sallyport;
  /** Somebody's browser, until the test ends. */
  open(options?: Parameters<Browser['newContext']>[0]): Promise<BrowserContext>;
  /** The application of this id, at whose address people wait until the test ends. @param host of its redirect URI */
  app(clientId: string, host?: string): Promise<RelyingParty>;
  close(): Promise<void>;
}

/** @param config in place of the demo's clients */
export async function openStage(
  config: string,
  options: Parameters<typeof startSallyport>[1] = {},
): Promise<Stage> {
  const edit = (demo: string) => demo.replace('staticClients: []\n', config);
  const [sallyport, browser] = await Promise.all([startSallyport(edit, options), launchBrowser()]);
  return {
    sallyport,
    async open(contextOptions = {}) {
      const context = await browser.newContext(contextOptions);
      onTestFinished(() => context.close());
      return context;
    },
    async app(clientId, host) {
      const party = await openRelyingParty({ issuer: sallyport.issuer, clientId, ...(host && { host }) });
      onTestFinished(() => party.close());
      return party;
    },
    async close() {
      await browser.close();
      await sallyport.dispose();
    },
  };
}

/** In whatever language the page speaks. */
export async function signInAs(page: Page, username: string, password = 'password'): Promise<void> {
  await page.fill('#username', username);
  await page.fill('#password', password);
  await page.click('button.primary');
}
