import * as oidc from 'openid-client';
import type { CDPSession, Page } from 'playwright-core';
import { openRelyingParty, type RelyingParty } from '../support/relying-party.ts';
import type { Sallyport } from '../support/sallyport.ts';

/** Somebody with a browser, on their way through all pages in one language. */
export interface Walk {
  readonly page: Page;
  /** What only the browser's own tools can do: authenticators, a browser without scripts. */
  readonly devtools: CDPSession;
  readonly lang: 'en' | 'sv';
  readonly issuer: string;
  readonly gateway: string;
  /** What one page has said and a later one needs. */
  readonly notes: Map<string, string>;
  /** To a path of the issuer. */
  to(path: string): Promise<void>;
  /** To an application, and from there to sign in. */
  toApp(clientId: string): Promise<void>;
  /** The application that was gone to last. */
  readonly app: RelyingParty;
  /** Fills the form for signing in, and sends it. */
  signIn(username: string, password?: string): Promise<void>;
  /** Fills fields by their ids, and presses the button of their form. */
  fill(fields: Readonly<Record<string, string>>): Promise<void>;
  /** Presses a button, or follows a link, and waits for the page that it leads to in the end. */
  press(selector: string): Promise<void>;
  /** Forgets who is signed in, but not the language. */
  leave(): Promise<void>;
  /** The code that a device shows which somebody has just started. */
  deviceCode(clientId: string): Promise<string>;
  close(): void;
}

/** One page, and how somebody gets there from the one before. */
export interface Row {
  readonly name: string;
  go(walk: Walk): Promise<unknown>;
  /** A page that says that something is wrong: in place of what was wanted, or about a form, whose words then have the focus. */
  readonly error?: 'page' | 'form';
  /** It has a script, and must do without, too. */
  readonly script?: true;
}

/** Where the language is kept that somebody has chosen. */
export const LANGUAGE_COOKIE = 'sallyport_language';

export async function openWalk(sallyport: Sallyport, page: Page, lang: Walk['lang']): Promise<Walk> {
  const { issuer, gateway } = sallyport;
  const parties: RelyingParty[] = [];
  const context = page.context();

  async function fill(fields: Readonly<Record<string, string>>): Promise<void> {
    for (const [id, value] of Object.entries(fields)) await page.fill(`#${id}`, value);
    await press(`form:has(#${Object.keys(fields)[0]}) button[type=submit]`);
  }

  async function press(selector: string): Promise<void> {
    await Promise.all([page.waitForEvent('load'), page.locator(selector).first().click()]);
    await settle();
  }

  /** Through the stops that lead on by themselves. */
  async function settle(): Promise<void> {
    // A function: text would be evaluated anew at each look, which the pages' policy forbids.
    await page.waitForFunction(
      '() => document.readyState === "complete" && document.querySelector("meta[http-equiv=refresh]") === null',
    );
  }

  return {
    get app() {
      const [last] = parties.slice(-1);
      if (last === undefined) throw new Error('no application was gone to');
      return last;
    },
    page,
    devtools: await context.newCDPSession(page),
    lang,
    issuer,
    gateway,
    notes: new Map(),
    fill,
    press,
    async to(path) {
      await page.goto(issuer + path);
    },
    async toApp(clientId) {
      const party = await openRelyingParty({ issuer, clientId });
      parties.push(party);
      await page.goto(party.authorizationUrl);
    },
    signIn: (username, password = 'password') => fill({ username, password }),
    leave: () => context.clearCookies({ name: new RegExp(`^(?!${LANGUAGE_COOKIE}$)`) }),
    async deviceCode(clientId) {
      const configuration = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), {
        execute: [oidc.allowInsecureRequests],
      });
      const device = await oidc.initiateDeviceAuthorization(configuration, { scope: 'openid' });
      return device.user_code;
    },
    close() {
      for (const party of parties) party.close();
    },
  };
}
