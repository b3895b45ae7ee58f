import type { Request, Response } from 'express';
import { sourcesPage, toText } from '../../../views/index.ts';
import { type CookiePolicy, seeOther, sendHtml } from '../../http/index.ts';
import type { Connector } from '../connectors/connector.ts';
import { ConnectorError } from '../connectors/connector-error.ts';
import { cookieOf, type UpstreamAttempts } from '../connectors/upstream-attempts.ts';
import type { Log } from '../identity-deps.ts';
import { getsRefreshToken } from '../provider/gets-refresh-token.ts';
import type { Current } from './current-interaction.ts';
import { failures, sendFailure } from './failures.ts';
import type { Forms } from './forms.ts';
import type { PageContext } from './page-context.ts';
import { backWith, hasNotice, problemOf, takeNotice } from './page-notice.ts';
import type { SignIn } from './sign-in.ts';
import type { Sources } from './sources.ts';

export interface SourcePickerDeps {
  readonly context: PageContext;
  readonly sources: Sources;
  readonly attempts: Pick<UpstreamAttempts, 'begin'>;
  readonly forms: Forms;
  readonly cookies: CookiePolicy;
  readonly signIn: Pick<SignIn, 'show'>;
  readonly log: Log;
}

/** The first page of a sign-in: where to sign in. Where there is one place only, that one's. */
export interface SourcePicker {
  show(req: Request, res: Response, current: Current): Promise<void>;
  /** Sends the browser to a connector. */
  leave(req: Request, res: Response, current: Current, id: string): Promise<void>;
}

/** Below the issuer's own path, where connectors send people back to. */
export const callbackPath = '/callback';

export function createSourcePicker(deps: SourcePickerDeps): SourcePicker {
  const { context, sources, attempts, cookies } = deps;

  async function begin(req: Request, res: Response, current: Current, connector: Connector): Promise<void> {
    try {
      const { url, state, cookie } = await begun(current, connector);
      res.cookie(cookies.pathName(cookieOf(state)), cookie, {
        ...cookies.options,
        path: `${context.base}${callbackPath}`,
        maxAge: 15 * 60_000,
      });
      seeOther(res, url);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      deps.log.warn({ connector: connector.id, reason: error.message }, 'a connector does not answer');
      backWith(req, res, current.path, { text: 'sourceUnreachable', isProblem: true });
    }
  }

  async function begun({ interaction, client }: Current, connector: Connector) {
    const { params, uid } = interaction;
    const scopes = new Set(String(params['scope'] ?? '').split(' '));
    const offline = getsRefreshToken(client, scopes, { inBrowser: true });
    const wanted = String(params['max_age'] ?? '');
    const maxAge = /^\d+$/.test(wanted) ? Number(wanted) : undefined;
    const { cookie, ...attempt } = await attempts.begin(uid, { connector: connector.id, maxAge });
    const [prompt, loginHint, uiLocales] = ['prompt', 'login_hint', 'ui_locales'].map((name) => {
      const value: unknown = params[name];
      return typeof value === 'string' ? value : undefined;
    });
    const prompts = (prompt ?? '').split(' ');
    const url = await connector.begin({
      ...attempt,
      offline,
      maxAge,
      prompt: (['login', 'select_account'] as const).filter((one) => prompts.includes(one)),
      loginHint,
      uiLocales,
    });
    return { url, cookie, state: attempt.state };
  }

  function showChoice(req: Request, res: Response, current: Current): void {
    const { client, path, place } = current;
    const page = context.page(req, place);
    const notice = takeNotice(req, path);
    const view = {
      app: client.clientName ?? client.clientId,
      appLogo: client.logoUri,
      abortAction: `${path}/abort`,
      csrf: deps.forms.token(req),
      error: problemOf(page, notice),
      sources: sources.of(req, current).map(({ id, connector }) => ({
        name: connector?.name,
        url: connector === undefined ? `${path}/local` : `${path}/connector/${id}`,
        isAway: connector?.isAway() ?? false,
      })),
    };
    sendHtml(res, 200, toText(sourcesPage(page, view)));
  }

  return {
    async show(req, res, current) {
      const [first, ...others] = sources.of(req, current);
      if (first === undefined) return sendFailure(context, req, res, failures.noSource);
      const { connector } = first;
      if (others.length > 0) return showChoice(req, res, current);
      if (connector === undefined) return deps.signIn.show(req, res, current);
      // Somebody who has just come back from there with nothing is not sent there again by itself.
      if (sources.alwaysShows() || hasNotice(req, current.path)) return showChoice(req, res, current);
      return begin(req, res, current, connector);
    },
    async leave(req, res, current, id) {
      const connector = sources.find(req, current, id)?.connector;
      if (connector === undefined) return seeOther(res, current.path);
      await begin(req, res, current, connector);
    },
  };
}
