import type { Request, Response } from 'express';
import { type Messages, type RequestsView, requestsPage, toText } from '../../../views/index.ts';
import { type Authority, confirmMayAsk, durationText } from '../../access-requests/index.ts';
import { seeOther, sendHtml } from '../../http/index.ts';
import type { PageHost, PageNotice } from '../../identity/index.ts';
import { StatusError } from '../../kube/index.ts';
import { refusalOf } from './refusal.ts';
import { readTyped, type Typed, wantedAccess } from './request-draft.ts';
import type { RequestedCluster, RequestedClusters } from './requested-cluster.ts';
import { type RequestsFor, requestsFor } from './requests-for.ts';

export interface RequestsPageDeps {
  readonly host: PageHost;
  readonly clusters: RequestedClusters;
}

/** Somebody who is signed in, with what they are to the clusters. */
interface Visit {
  readonly person: string;
  readonly authorities: ReadonlyMap<string | undefined, Authority>;
}

const DECISIONS = { Approve: 'approve', Deny: 'deny', Revoke: 'revoke' } as const;
const DONE = {
  Approve: 'requestDoneApproved',
  Deny: 'requestDoneDenied',
  Revoke: 'requestDoneRevoked',
} as const satisfies Record<keyof typeof DECISIONS, keyof Messages>;

/** Fields of the form that asks. */
const TYPED = [
  'cluster',
  'namespace',
  'role',
  'duration',
  'reason',
] as const satisfies readonly (keyof Typed)[];

/**
 * `/requests`: access for a while. What waits for a person's decision, what they have asked for, and a form to ask. What may be
 * is decided where it is done: this page asks the same service as the API does, as the same user.
 */
export function addRequestsPage({ host, clusters }: RequestsPageDeps): void {
  if (clusters.size === 0) return;
  const { router, forms } = host;
  const action = `${host.base}/requests`;
  const names = [...clusters.keys()].map((name) => name ?? '');
  host.addSection('requests');

  router.get('/requests', ...forms.shown, async (req, res) => {
    const at = req.originalUrl.indexOf('?');
    const query = at < 0 ? '' : req.originalUrl.slice(at);
    const visit = await visitOf(req, res);
    if (visit === undefined) return seeOther(res, host.signInUrl(`/requests${query}`));
    const said = forms.said(req, host.page(req), action);
    const read = new URLSearchParams(query);
    const typed = readTyped((name) => said.typed?.[name] ?? read.get(name) ?? undefined);
    await show(req, res, visit, typed, said);
  });

  router.post('/requests', ...forms.submittedFrom(action, TYPED), async (req, res) => {
    const typed = readTyped((name) => forms.field(req, name));
    await act(req, res, typed, 'requestDoneAsked', async ({ requests }, authority) => {
      await confirmMayAsk(typed.namespace, authority);
      await requests.create(wantedAccess(typed), { authority, dryRun: false });
    });
  });

  router.post('/requests/decide', ...forms.submittedFrom(action), async (req, res) => {
    const field = (name: string) => forms.field(req, name) ?? '';
    const decision = field('decision');
    const typed = readTyped((name) => (name === 'cluster' ? field(name) : undefined));
    const word = Object.hasOwn(DECISIONS, decision) ? (decision as keyof typeof DECISIONS) : 'Deny';
    await act(req, res, typed, DONE[word], ({ requests }, authority) =>
      requests[DECISIONS[word]](
        { namespace: field('namespace'), name: field('name') },
        // The one that the page has shown, and none that has its name now.
        { authority, dryRun: false, uid: field('uid'), message: field('message') },
      ),
    );
  });

  /** Does it, and leads back: without what was typed when it was done, else with it and why it was not. */
  async function act(
    req: Request,
    res: Response,
    typed: Typed,
    done: keyof Messages,
    work: (cluster: RequestedCluster, authority: Authority) => Promise<unknown>,
  ): Promise<void> {
    const visit = await visitOf(req, res);
    if (visit === undefined) return seeOther(res, host.signInUrl('/requests'));
    const name = meant(typed.cluster);
    const [cluster, authority] = [clusters.get(name), visit.authorities.get(name)];
    const refuse = (why: PageNotice) => forms.answer(req, res, action, { ...why, typed: { ...typed } });
    if (cluster === undefined || authority === undefined)
      return refuse({ isProblem: true, text: 'requestNobody' });
    try {
      await work(cluster, authority);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      return refuse(refusalOf(error.status));
    }
    forms.answer(req, res, action, { isProblem: false, text: done });
  }

  /** Who names no cluster means the one without a name, or the first. */
  function meant(typed: string): string | undefined {
    if (typed !== '') return typed;
    return clusters.has(undefined) ? undefined : [...clusters.keys()][0];
  }

  async function visitOf(req: Request, res: Response): Promise<Visit | undefined> {
    const visitor = await host.visitor(req, res);
    if (visitor === undefined) return undefined;
    const authorities = new Map<string | undefined, Authority>();
    for (const [name, { userOf, authorityOf }] of clusters) {
      const user = userOf(visitor.claims);
      if (typeof user !== 'string') authorities.set(name, authorityOf(user));
    }
    return { person: [...authorities.values()][0]?.user.username ?? visitor.name, authorities };
  }

  async function show(
    req: Request,
    res: Response,
    { person, authorities }: Visit,
    typed: Typed,
    { notice, problem }: Pick<RequestsView, 'notice' | 'problem'>,
  ): Promise<void> {
    const page = host.page(req);
    const { t } = page.locale;
    const nobody = authorities.size === 0 ? { message: t.requestNobody } : undefined;
    const chosen = meant(typed.cluster);
    const cluster = clusters.get(chosen) ?? [...clusters.values()][0];
    const authority = authorities.get(chosen);
    const view: RequestsView = {
      ...(await concerning(authorities)),
      action,
      csrf: forms.token(req),
      person,
      draft: {
        ...typed,
        clusters: names.length > 1 ? names : [],
        roles: authority === undefined ? [] : ((await cluster?.rolesFor(authority)) ?? []),
        longest: durationText(cluster?.maxDuration ?? 0),
      },
      notice,
      problem: problem ?? nobody,
    };
    sendHtml(res, 200, toText(requestsPage(page, view)));
  }

  async function concerning(authorities: Visit['authorities']): Promise<RequestsFor> {
    const found: RequestsFor[] = [];
    for (const [name, authority] of authorities) {
      const cluster = clusters.get(name);
      if (cluster !== undefined) found.push(await requestsFor(cluster, authority, name ?? ''));
    }
    return {
      toDecide: found.flatMap(({ toDecide }) => toDecide),
      given: found.flatMap(({ given }) => given),
      mine: found.flatMap(({ mine }) => mine),
    };
  }
}
