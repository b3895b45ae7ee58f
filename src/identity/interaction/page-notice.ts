import type { Request, Response } from 'express';
import {
  type Content,
  english,
  type FormProblem,
  fill,
  type Messages,
  type Page,
  secondsText,
} from '../../../views/index.ts';
import { seeOther } from '../../http/index.ts';
import { hashOf } from '../provider/stored-model.ts';

declare module 'express-session' {
  interface SessionData {
    /** What pages have to say at their next look, by the hashes of their paths: those of a sign-in are for its browser alone. */
    notices: Readonly<Record<string, PageNotice>>;
  }
}

/** What a page says once, of the form that was just sent from it. */
export interface PageNotice {
  /** One of the texts; or `words`. */
  readonly text?: keyof Messages;
  /** Those of an API, which speaks English to everybody. */
  readonly words?: string;
  /** The form was not taken. Else it was, and this is what came of it. */
  readonly isProblem: boolean;
  /** Name of the field that it is about; left out when it is about no one field. */
  readonly field?: string;
  /** Seconds until the form may be sent again. */
  readonly retryAfter?: number;
  /** What was typed, so that nobody has to type it twice. No password and no code: this is kept in the store. */
  readonly typed?: Readonly<Record<string, string>>;
}

/** Of a browser that opens more pages than that, the oldest one loses its word. */
const most = 8;

/**
 * Answers a form by sending the browser back to the page that it was on, which then says this: so neither "back" nor "reload" sends
 * a form twice. The status says nothing of what became of the form: it is the same for everything that a person can put right.
 * @param path of the page, without a query
 */
export function backWith(req: Request, res: Response, path: string, notice: PageNotice): void {
  const key = hashOf(path);
  const others = Object.entries(req.session.notices ?? {}).filter(([other]) => other !== key);
  req.session.notices = Object.fromEntries([...others.slice(1 - most), [key, notice]]);
  req.session.form = true;
  seeOther(res, path);
}

/** Whether the page has something to say, which it still has after this question. */
export function hasNotice(req: Request, path: string): boolean {
  return Object.hasOwn(req.session.notices ?? {}, hashOf(path));
}

/** What the page has to say, this once. */
export function takeNotice(req: Request, path: string): PageNotice | undefined {
  if (req.method !== 'GET') return undefined;
  const { [hashOf(path)]: notice, ...others } = req.session.notices ?? {};
  if (notice !== undefined) req.session.notices = others;
  return notice;
}

/** In the language of the page. @param values further ones that the text has a place for */
function noticeMessage(
  { locale: { lang, t } }: Page,
  { text, words = '', retryAfter = 0 }: PageNotice,
  values: Readonly<Record<string, string | number>> = {},
): Content {
  return text === undefined
    ? english(words)
    : fill(t[text], { seconds: secondsText(lang, retryAfter), ...values });
}

/** The same, of a form that was not taken. @param hasField whether the page still has the field that it is about */
export function problemOf(
  page: Page,
  notice: PageNotice | undefined,
  values: Readonly<Record<string, string | number>> = {},
  hasField = true,
): FormProblem | undefined {
  if (notice?.isProblem !== true) return undefined;
  return { message: noticeMessage(page, notice, values), field: hasField ? notice.field : undefined };
}

/** Both ways that a form may have gone, in the language of a page. */
export interface Said {
  /** It was taken, and this is what came of it. */
  readonly notice: Content;
  /** It was not, and why. */
  readonly problem: FormProblem | undefined;
  /** What stood in it. */
  readonly typed: PageNotice['typed'];
}

export function said(page: Page, notice: PageNotice | undefined): Said {
  const problem = problemOf(page, notice);
  const done = notice !== undefined && problem === undefined;
  return { problem, notice: done ? noticeMessage(page, notice) : undefined, typed: notice?.typed };
}

/** The status of the page that says it: 429 where that is to wait, and for how long is in the answer, too (RFC 6585 §4). */
export function noticeStatus(res: Response, notice: PageNotice | undefined): 200 | 429 {
  if (notice?.retryAfter === undefined) return 200;
  res.setHeader('Retry-After', String(notice.retryAfter));
  return 429;
}
