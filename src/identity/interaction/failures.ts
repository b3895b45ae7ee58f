import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors } from 'oidc-provider';
import { type ErrorView, errorPage, fill, type Messages, toText } from '../../../views/index.ts';
import { sendHtml } from '../../http/index.ts';
import type { PageContext } from './page-context.ts';
import { isForPrograms, sendProgramFailure } from './program-failure.ts';
import { requestId } from './request-id.ts';

export interface Failure {
  readonly status: number;
  readonly title: keyof Messages;
  readonly text: keyof Messages;
  readonly detail?: string;
  /** Path of the page on which somebody can try again. */
  readonly again?: string;
}

export const failures = {
  notFound: { status: 404, title: 'notFoundTitle', text: 'notFoundText' },
  methodNotAllowed: { status: 405, title: 'methodTitle', text: 'methodText' },
  forbidden: { status: 403, title: 'forbiddenTitle', text: 'forbiddenText' },
  misdirected: { status: 421, title: 'misdirectedTitle', text: 'misdirectedText' },
  busy: { status: 503, title: 'errorTitle', text: 'errorBusy' },
  tooMany: { status: 429, title: 'errorTitle', text: 'errorBusy' },
  noSource: { status: 403, title: 'errorTitle', text: 'sourceNone' },
  notAForm: { status: 415, title: 'errorTitle', text: 'errorInvalidRequest' },
  invalidForm: { status: 400, title: 'errorTitle', text: 'errorInvalidRequest' },
  ambiguous: {
    status: 400,
    title: 'errorTitle',
    text: 'errorInvalidRequest',
    detail: 'invalid_request: parameters are in the query or in the body, not in both',
  },
  twoAuthorizations: {
    status: 400,
    title: 'errorTitle',
    text: 'errorInvalidRequest',
    detail: 'invalid_request: there is more than one Authorization header',
  },
  tooLong: { status: 413, title: 'errorTitle', text: 'errorInvalidRequest' },
  uriTooLong: { status: 414, title: 'errorTitle', text: 'errorInvalidRequest' },
  stale: { status: 403, title: 'staleTitle', text: 'formStale' },
  sessionGone: { status: 400, title: 'sessionGoneTitle', text: 'sessionGoneText' },
} as const satisfies Record<string, Failure>;

const texts: Readonly<Record<string, keyof Messages>> = {
  access_denied: 'errorAccessDenied',
  invalid_client: 'errorInvalidClient',
  invalid_redirect_uri: 'errorInvalidRedirectUri',
  server_error: 'errorServer',
};

/** The failure behind an answer of the provider. */
export function providerFailure(
  status: number,
  out: { readonly error: string; readonly error_description?: string | undefined },
  error: unknown,
): Failure {
  if (error instanceof errors.SessionNotFound) return failures.sessionGone;
  const description = out.error_description;
  return {
    status,
    title: 'errorTitle',
    text: (Object.hasOwn(texts, out.error) ? texts[out.error] : undefined) ?? 'errorInvalidRequest',
    ...(out.error === 'server_error'
      ? {}
      : { detail: description === undefined ? out.error : `${out.error}: ${description}` }),
  };
}

/** Pages with forms of their own, to which somebody goes back whose form was not taken. */
const WITH_FORMS = new Set([
  'access',
  'account',
  'admin',
  'device',
  'interaction',
  'logout',
  'requests',
  'reset',
]);

/** Where people can go from the page for a failure, and what helps besides. */
function wayOut(
  { issuer, base }: PageContext,
  req: IncomingMessage & { readonly originalUrl?: string },
  failure: Failure,
  t: Messages,
): Pick<ErrorView, 'link' | 'help'> {
  const home = { url: `${base}/`, text: t.homeLink };
  if (failure.status === 421) return { link: { url: issuer, text: issuer } };
  if (failure === failures.sessionGone) return { link: home };
  if (failure.again !== undefined)
    return { link: { url: failure.again, text: t.errorAgain }, help: t.errorHelpOwn };
  if (failure === failures.notFound) return { link: home, help: t.errorHelpOwn };
  if (failure !== failures.forbidden) return {};
  const [page = '', uid] = (req.originalUrl ?? req.url ?? '').slice(base.length + 1).split(/[/?]/, 2);
  if (!WITH_FORMS.has(page)) return {};
  // A sign-in goes on where it was.
  const url = page === 'interaction' ? `${base}/${page}/${uid}` : `${base}/${page}`;
  return { link: { url, text: t.errorAgain }, help: t.errorHelpOwn };
}

/** The page for a failure, as text. */
export function failureText(context: PageContext, req: IncomingMessage, failure: Failure): string {
  // At an address that is not ours no form of ours is taken.
  const page = context.page(req, failure.status === 421 ? { at: undefined } : {});
  const { t } = page.locale;
  return toText(
    errorPage(page, {
      title: t[failure.title],
      message: fill(t[failure.text], { issuer: context.issuer }).join(''),
      reference: requestId(req),
      ...(failure.detail === undefined ? {} : { detail: failure.detail }),
      ...wayOut(context, req, failure, t),
    }),
  );
}

/** Sends a page to people, and JSON where only programs come. */
export function sendFailure(
  context: PageContext,
  req: IncomingMessage & { readonly originalUrl?: string },
  res: ServerResponse,
  failure: Failure,
): void {
  const [path = ''] = (req.originalUrl ?? req.url ?? '').split('?', 1);
  if (path.startsWith(context.base) && isForPrograms(path.slice(context.base.length)))
    sendProgramFailure(res, failure);
  else sendHtml(res, failure.status, failureText(context, req, failure));
}
