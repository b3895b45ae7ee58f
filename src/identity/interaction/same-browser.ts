import { randomBytes } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type Provider from 'oidc-provider';
import type { Interaction } from 'oidc-provider';
import { type CookiePolicy, readCookie } from '../../http/index.ts';
import { hashOf } from '../provider/stored-model.ts';
import { failures, sendFailure } from './failures.ts';
import type { PageContext } from './page-context.ts';

export interface SameBrowserDeps {
  readonly provider: Provider;
  readonly context: PageContext;
  readonly cookies: CookiePolicy;
}

/** Kept with a sign-in's result, which the provider hands on to the interactions that follow it. */
export interface BrowserMark {
  /** Hash of the interaction that it is the end of; those that follow are bound to the session. */
  readonly interaction: string;
  /** Hash of the cookie's value. */
  readonly cookie: string;
}

/**
 * A sign-in comes to its end only in the browser that it was made in. The provider's own cookies are there before anybody has
 * signed in; somebody may have copied them, or planted them, and be first at the address that the sign-in goes on at. Source:
 * OWASP Application Security Verification Standard 5.0, 7.2.4.
 */
export interface SameBrowser {
  /** Gives the browser that has just signed in a new cookie. @returns what the sign-in keeps of it */
  mark(res: Response, interaction: Interaction): BrowserMark;
  /** Stands before the address at which authorization requests go on. */
  readonly guard: RequestHandler;
}

/** Browsers go on by themselves; this is for those that need a click. */
const LIFETIME_MS = 10 * 60_000;

export function createSameBrowser({ provider, context, cookies }: SameBrowserDeps): SameBrowser {
  const name = cookies.pathName('sallyport_signed_in');
  return {
    mark(res, { uid, returnTo }) {
      const value = randomBytes(32).toString('base64url');
      const { pathname: path } = new URL(returnTo);
      res.cookie(name, value, { ...cookies.options, path, maxAge: LIFETIME_MS });
      return { interaction: hashOf(uid), cookie: hashOf(value) };
    },

    guard: async (req, res, next) => {
      const uid = req.path.split('/').at(-1) ?? '';
      const { login } = (await provider.Interaction.find(uid))?.result ?? {};
      const mark = login?.['browser'] as BrowserMark | undefined;
      if (mark === undefined || mark.interaction !== hashOf(uid)) return next();
      const shown = readCookie(req.headers.cookie, name);
      if (shown !== undefined && hashOf(shown) === mark.cookie) return next();
      sendFailure(context, req, res, failures.sessionGone);
    },
  };
}
