import type { Request, RequestHandler, Response } from 'express';
import type Provider from 'oidc-provider';
import { type CookiePolicy, readCookie, seeOther } from '../../http/index.ts';
import type { IdentityAudit } from '../audit/index.ts';
import type { ClientPolicies } from '../claims/client-policies.ts';
import type { Connector, UpstreamIdentity } from '../connectors/connector.ts';
import { ConnectorError } from '../connectors/connector-error.ts';
import type { Connectors } from '../connectors/connectors.ts';
import { cookieOf, type TakenAttempt, type UpstreamAttempts } from '../connectors/upstream-attempts.ts';
import type { UpstreamPeople } from '../connectors/upstream-people.ts';
import type { Log } from '../identity-deps.ts';
import { hashOf } from '../provider/stored-model.ts';
import { failures, sendFailure } from './failures.ts';
import { renewPageSession } from './finish-sign-in.ts';
import type { PageContext } from './page-context.ts';
import { backWith, type PageNotice } from './page-notice.ts';
import { requestId } from './request-id.ts';
import { callbackPath } from './source-picker.ts';
import type { Sources } from './sources.ts';

export interface UpstreamCallbackDeps {
  readonly provider: Provider;
  readonly context: PageContext;
  readonly connectors: Connectors;
  readonly attempts: Pick<UpstreamAttempts, 'take'>;
  readonly people: Pick<UpstreamPeople, 'signedIn'>;
  readonly policies: Pick<ClientPolicies, 'allowsConnector'>;
  readonly sources: Pick<Sources, 'remember'>;
  readonly cookies: CookiePolicy;
  readonly rememberByDefault: boolean;
  readonly audit: IdentityAudit;
  readonly log: Log;
  /** @throws ConnectorError for somebody who may not be called so here */
  checkNames(identity: UpstreamIdentity): Promise<void>;
  clientAddress(req: Request): string;
  /** Milliseconds since the epoch. */
  now(): number;
}

const texts = {
  denied: 'sourceDenied',
  refused: 'sourceRefused',
  invalid: 'sourceInvalid',
  unreachable: 'sourceUnreachable',
} as const satisfies Record<ConnectorError['fault'], PageNotice['text']>;

/**
 * `/callback` and `/callback/<id>`: where connectors send people back to. The browser that has left comes on to the sign-in that it
 * has left from, known by what the connector says, or with why not.
 */
export function createUpstreamCallback(deps: UpstreamCallbackDeps): RequestHandler {
  const { provider, context, connectors, attempts, people, cookies, now } = deps;

  /** The only one that has this address. */
  function connectorAt(path: string): Connector | undefined {
    const address = context.issuer.replace(/\/$/, '') + path;
    return connectors.list().find(({ redirectUri }) => redirectUri === address);
  }

  /** The sign-in that the browser comes back to, this once. */
  async function takeAttempt(
    req: Request,
    res: Response,
    { id }: Connector,
  ): Promise<TakenAttempt | undefined> {
    const { state } = req.query;
    if (typeof state !== 'string' || state === '') return undefined;
    const name = cookies.pathName(cookieOf(state));
    const cookie = readCookie(req.headers.cookie, name);
    if (cookie === undefined) return undefined;
    res.clearCookie(name, { ...cookies.options, path: `${context.base}${callbackPath}` });
    return attempts.take(state, id, cookie);
  }

  async function identify(
    req: Request,
    connector: Connector,
    clientId: string,
    attempt: TakenAttempt,
    scopes: string,
  ) {
    const { nonce, verifier, record } = attempt;
    const parameters = new URL(req.originalUrl, context.issuer).searchParams;
    const state = String(req.query['state']);
    const vouched = await connector.finish({ parameters, state, nonce, verifier, maxAge: record.maxAge });
    await deps.checkNames(vouched.identity);
    // Once more: the connector may be another one by now, the client may let others in.
    if (
      connectors.find(connector.id) !== connector ||
      !deps.policies.allowsConnector(connector.id, clientId, scopes.split(' '))
    )
      throw new ConnectorError('refused', 'the connector does not count any more');
    return people.signedIn(connector, vouched);
  }

  return async (req, res, next) => {
    const connector = connectorAt(req.path);
    if (connector === undefined) return next();
    const attempt = await takeAttempt(req, res, connector);
    const interaction = attempt && (await provider.Interaction.find(attempt.uid));
    if (attempt === undefined || interaction === undefined)
      return sendFailure(context, req, res, failures.sessionGone);
    const path = `${context.base}/interaction/${attempt.uid}`;
    const client = String(interaction.params['client_id']);
    const event = {
      action: 'sign-in',
      client,
      address: deps.clientAddress(req),
      detail: `connector:${connector.id}`,
      interaction: hashOf(interaction.cid),
      requestId: requestId(req),
      at: now(),
    } as const;
    try {
      const scopes = String(interaction.params['scope'] ?? '');
      const accountId = await identify(req, connector, client, attempt, scopes);
      await deps.audit.record({
        ...event,
        actor: accountId,
        subject: accountId,
        result: 'success',
        reason: undefined,
      });
      deps.sources.remember(res, connector.id);
      await renewPageSession(req);
      req.session.pendingSignIn = {
        accountId,
        amr: [],
        remember: deps.rememberByDefault,
        interaction: hashOf(attempt.uid),
        at: now(),
      };
      seeOther(res, `${path}/factor`);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      const { fault, message } = error;
      deps.log.warn(
        { connector: connector.id, fault, reason: message },
        'a sign-in by a connector came to nothing',
      );
      await deps.audit.record({
        ...event,
        actor: undefined,
        subject: undefined,
        result: 'failure',
        reason: fault,
      });
      backWith(req, res, path, { text: texts[fault], isProblem: true });
    }
  };
}
