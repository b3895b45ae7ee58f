import type { IncomingMessage } from 'node:http';
import { Router } from 'express';
import { supportedLocales } from '../../../views/index.ts';
import { type CookiePolicy, readCookie, seeOther } from '../../http/index.ts';
import { failures, sendFailure } from './failures.ts';
import { type Forms, field } from './forms.ts';
import { isOwnPath } from './own-pages.ts';
import type { PageContext } from './page-context.ts';

/** A year: what browsers keep at most is little more. */
const keptFor = 365 * 86_400_000;

/** The language that somebody has chosen in this browser. Nothing but a preference: it is no secret and opens nothing. */
export function createLanguageCookie(cookies: CookiePolicy) {
  const name = cookies.hostName('sallyport_language');
  return {
    name,
    options: { ...cookies.options, path: '/', maxAge: keptFor },
    /** undefined when none was chosen that there still is. */
    read(req: IncomingMessage): string | undefined {
      const chosen = readCookie(req.headers.cookie, name);
      return supportedLocales.find((lang) => lang === chosen);
    },
  };
}

export type LanguageCookie = ReturnType<typeof createLanguageCookie>;

/**
 * Takes the form at the foot of every page, and leads back to where it was. The form has no token, so that no page needs a
 * session for it: that it comes from this site the browser says itself.
 */
export function createLanguageSwitch(context: PageContext, forms: Forms, cookie: LanguageCookie): Router {
  const router = Router();
  router.post('/', ...forms.received, (req, res) => {
    const chosen = supportedLocales.find((lang) => lang === field(req, 'lang'));
    const to = field(req, 'to') ?? '';
    if (chosen === undefined) return sendFailure(context, req, res, failures.invalidForm);
    res.cookie(cookie.name, chosen, cookie.options);
    seeOther(res, isOwnPath(to) && to.startsWith(`${context.base}/`) ? to : `${context.base}/`);
  });
  return router;
}
