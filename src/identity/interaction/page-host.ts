import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type Provider from 'oidc-provider';
import type { Page, Section } from '../../../views/index.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { ClientPolicies } from '../claims/client-policies.ts';
import { firstPartyScopes } from '../claims/scope-claims.ts';
import { kubectlClientId } from '../clients/client-metadata.ts';
import type { OpenFactors } from '../factors/open-factors.ts';
import { factorsForParam, lacksFactor } from '../provider/second-factor-prompt.ts';
import { signedIn } from '../provider/signed-in.ts';
import { type Forms, field, type PathOf } from './forms.ts';
import type { KeptForBrowser } from './kept-for-browser.ts';
import { ownPageSignIn } from './own-pages.ts';
import type { PageContext } from './page-context.ts';
import { backWith, type PageNotice, type Said, said, takeNotice } from './page-notice.ts';

/** Who looks at a page. */
export interface Visitor {
  readonly name: string;
  /** What an ID token for kubectl would say of them now. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Forms of pages that are not the provider's, guarded like its own. */
export interface PageForms {
  /** Steps before a page with a form on it, for somebody who is signed in: the session that the form is bound to. */
  readonly shown: readonly RequestHandler[];
  /**
   * Steps before what takes the form: the session, this site's page, a body of reasonable size, the session's token. Who sends that of
   * another session is led back to the page.
   * @param page path of the page that the form is on
   * @param keeps fields whose text the page then has again; no secrets
   */
  submittedFrom(page: PathOf, keeps?: readonly string[]): readonly RequestHandler[];
  /** The same for forms that hold whole documents: 256 KiB. @param stale takes those with the token of another session */
  submittedLongFrom(page: PathOf, stale: RequestHandler): readonly RequestHandler[];
  /** What the form's hidden field `csrf` holds. */
  token(req: Request): string;
  /** A field's text; undefined when absent or sent more than once. */
  field(req: Request, name: string): string | undefined;
  /** Answers a form by leading back to the page at this path, which then says this, once. */
  answer(req: Request, res: Response, path: string, notice: PageNotice): void;
  /** What the page at this path has to say of a form that was sent from it. */
  said(req: Request, page: Page, path: string): Said;
}

/** What a page needs that is not the provider's: a place on the issuer's origin, its look, and who looks at it. */
export interface PageHost {
  /** Mounted at the issuer's path; no body has been read. */
  readonly router: Router;
  /** Path prefix of the issuer, without a trailing slash. */
  readonly base: string;
  readonly forms: PageForms;
  /** What forms have brought forth, for the pages after them. */
  readonly kept: KeptForBrowser;
  /** What a page needs to know of the request, whose address is that of a page with a query of its own. */
  page(req: Request): Page;
  /**
   * From now on all pages' navigation leads to this part of the portal, which stands at its name below `base`.
   * @param isFor whose; everybody's if left out
   */
  addSection(section: Section, isFor?: (visitor: Visitor) => Promise<boolean>): void;
  /**
   * undefined when nobody is signed in with the request's cookies, or not by all that a sign-in to kubectl takes: what somebody
   * sees and does on these pages, they do as with kubectl.
   */
  visitor(req: IncomingMessage, res: ServerResponse): Promise<Visitor | undefined>;
  /** Where to send somebody who has to sign in first. @param to path and query below `base` */
  signInUrl(to: string): string;
}

export interface PageHostDeps {
  readonly provider: Provider;
  readonly context: PageContext;
  readonly accounts: Accounts;
  readonly policies: ClientPolicies;
  readonly factors: Pick<OpenFactors, 'policy' | 'usable'>;
  readonly forms: Forms;
  readonly kept: KeptForBrowser;
  readonly pageSession: RequestHandler;
}

export function createPageHost(deps: PageHostDeps): PageHost {
  const { provider, context, accounts, policies, factors, forms, pageSession } = deps;
  const { issuer, base } = context;
  const guarded: (readonly [Section, (visitor: Visitor) => Promise<boolean>])[] = [];
  return {
    router: Router({ caseSensitive: true }),
    base,
    forms: {
      shown: [pageSession],
      submittedFrom: (page, keeps) => [pageSession, ...forms.submittedFrom(page, keeps)],
      submittedLongFrom: (page, stale) => [pageSession, ...forms.submittedLongFrom(page, stale)],
      token: forms.token,
      field,
      answer: backWith,
      said: (req, page, path) => said(page, takeNotice(req, path)),
    },
    kept: deps.kept,
    page: (req) => context.page(req, req.method === 'GET' ? { at: req.originalUrl } : {}),
    addSection(section, isFor) {
      if (isFor === undefined) context.addSection(section);
      else guarded.push([section, isFor]);
    },
    async visitor(req, res) {
      const session = await signedIn(provider, req, res);
      const account = await accounts.byId(session?.accountId ?? '');
      if (session === undefined || account === undefined) return undefined;
      const { policy, usable } = factors;
      const demanded = { client_id: kubectlClientId };
      if (lacksFactor({ factors: policy, usable }, account, session.amr, demanded)) return undefined;
      const judged = policies.judge(account, kubectlClientId, []);
      // Whom kubectl gets no token for is nobody to the gateway.
      const claims = judged.refusal === undefined ? judged.within(firstPartyScopes) : {};
      const who = { name: account.name, claims: { iss: issuer, aud: kubectlClientId, ...claims } };
      for (const [section, isFor] of guarded) if (await isFor(who)) context.alsoShow(req, section);
      return who;
    },
    signInUrl: (to) => ownPageSignIn(issuer, to, { [factorsForParam]: kubectlClientId }),
  };
}
