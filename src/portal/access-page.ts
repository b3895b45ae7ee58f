import type { Request } from 'express';
import { type AccessView, accessPage, toText } from '../../views/index.ts';
import type { AccessAnswer, OwnAccess } from '../gateway/index.ts';
import { seeOther, sendHtml } from '../http/index.ts';
import type { PageHost, Visitor } from '../identity/index.ts';
import { type AccessQuestion, attributesOfQuestion, readAccessQuestion } from './access-question.ts';
import { withWhoseEyes } from './explorer/beholder.ts';
import { keptQuery } from './explorer/kept-query.ts';
import { sendUnseen } from './explorer/send-unseen.ts';
import { requestsPageUrl, suggestedRequest } from './requests/index.ts';

export interface AccessPageDeps {
  readonly host: PageHost;
  /** By name; undefined is the cluster without one. */
  readonly clusters: ReadonlyMap<string | undefined, OwnAccess>;
}

/**
 * `/access`: may I, and why? Shows to a person who is signed in what they themselves may do, and why, as far as they may
 * know it. Only looks; so its address can be sent around.
 */
export function addAccessPage({ host, clusters }: AccessPageDeps): void {
  const names = [...clusters.keys()];
  host.addSection('access');

  host.router.get('/access', async (req, res) => {
    const query = req.originalUrl.includes('?') ? req.originalUrl.slice(req.originalUrl.indexOf('?')) : '';
    const visitor = await host.visitor(req, res);
    if (visitor === undefined) return seeOther(res, host.signInUrl(`/access${query}`));
    const seen = await look(visitor, new URLSearchParams(query));
    if (seen === 'notAs') return sendUnseen(res, host.page(req as Request), seen);
    const { status, view } = seen;
    sendHtml(res, status, toText(accessPage(host.page(req as Request), view)));
  });

  async function look(
    visitor: Visitor,
    query: URLSearchParams,
  ): Promise<{ readonly status: number; readonly view: AccessView } | 'notAs'> {
    const question = readAccessQuestion(query);
    const asked = typeof question === 'object' ? question : undefined;
    const base = {
      action: `${host.base}/access`,
      clusters: names.length > 1 ? names.map((name) => name ?? '') : [],
      asked: asked ?? {},
      as: query.get('as')?.trim() ?? '',
      groupsAsked: query.get('groups') ?? '',
      kept: keptQuery(query).toString(),
    };
    const access = clusters.get(asked?.cluster);
    const wrong = typeof question === 'string' ? question : access === undefined ? 'cluster' : undefined;
    if (wrong !== undefined || access === undefined) {
      return { status: 400, view: { ...base, person: visitor.name, groups: [], wrong: wrong ?? 'cluster' } };
    }
    const person = access.userOf(visitor.claims);
    if (typeof person === 'string') {
      return { status: 200, view: { ...base, person: visitor.name, groups: [], nobody: true } };
    }
    const user = withWhoseEyes(access.explorer, person, query);
    if (user === undefined) return 'notAs';
    const answer = asked && (await access.ask(attributesOfQuestion(asked, user)));
    return {
      status: 200,
      view: {
        ...base,
        person: user.username,
        groups: user.groups,
        ...(asked === undefined || answer === undefined ? {} : { answer: shown(asked, answer) }),
        askUrl: asked && answer && user === person ? askUrl(host.base, asked, answer) : undefined,
      },
    };
  }
}

/** The answer in the terms of the page. */
function shown(
  asked: AccessQuestion,
  { allowed, reason, grant, nearMisses }: AccessAnswer,
): AccessView['answer'] {
  return {
    allowed,
    action: asked.path === '' ? `${asked.verb} ${resourceText(asked)}` : `${asked.verb} ${asked.path}`,
    namespace: asked.namespace,
    reason,
    ...(grant === undefined
      ? {}
      : {
          grant: {
            binding: objectText(grant.binding),
            role: objectText(grant.role),
            subject: `${grant.subject.kind} ${grant.subject.name}`,
            rule: JSON.stringify(grant.rule),
          },
        }),
    nearMisses: nearMisses.map(({ message, remedyText }) => ({ message, remedy: remedyText })),
  };
}

/** Where the person can ask for it for a while: with the role, where one that they may know of would do. */
function askUrl(
  base: string,
  { cluster = '', namespace, path }: AccessQuestion,
  { allowed, nearMisses }: AccessAnswer,
): string | undefined {
  if (allowed) return undefined;
  const suggested = suggestedRequest({ isResourceRequest: path === '', namespace }, nearMisses);
  return requestsPageUrl(base, { cluster, namespace, ...suggested });
}

function resourceText({ resource, subresource, apiGroup, name }: AccessQuestion): string {
  const of = `${resource}${apiGroup === '' ? '' : `.${apiGroup}`}${subresource === '' ? '' : `/${subresource}`}`;
  return name === '' ? of : `${of} "${name}"`;
}

function objectText({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${name} (${namespace})`;
}
