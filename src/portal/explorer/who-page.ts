import type { Request } from 'express';
import { toText, type WhoCanView, whoCanPage } from '../../../views/index.ts';
import { sendHtml } from '../../http/index.ts';
import type { PageHost } from '../../identity/index.ts';
import type { Grant } from '../../rbac/index.ts';
import { type AccessQuestion, readAccessQuestion } from '../access-question.ts';
import type { Beholder, Beholders } from './beholder.ts';
import { addressWith, keptQuery } from './kept-query.ts';
import { paged } from './pages.ts';
import { sendUnseen } from './send-unseen.ts';

/** `/access/who`: everybody who may do one thing. For who may list the roles and bindings that the answer speaks of. */
export function addWhoPage(host: PageHost, beholders: Beholders): void {
  const home = `${host.base}/access/who`;

  host.router.get('/access/who', async (req, res) => {
    const seen = await beholders.see(req, res);
    if (seen === undefined) return;
    const page = host.page(req as Request);
    if ('unseen' in seen) return sendUnseen(res, page, seen.unseen);
    const { status, view } = look(seen);
    sendHtml(res, status, toText(whoCanPage(page, view)));
  });

  function look(seen: Beholder): { readonly status: number; readonly view: WhoCanView } {
    const { query, cluster, clusters } = seen;
    const question = readAccessQuestion(query);
    const text = (name: string) => query.get(name) ?? '';
    const view = {
      action: home,
      clusters,
      cluster,
      kept: keptQuery(query).toString(),
      asked: {
        verb: text('verb'),
        resource: text('resource'),
        namespace: text('namespace'),
        name: text('name'),
      },
      wrong: typeof question === 'string' ? question : undefined,
      answer: undefined,
    };
    if (question === undefined) return { status: 200, view };
    if (typeof question === 'string') return { status: 400, view };
    const answer = answerTo(seen, question);
    return { status: answer === 'mayNot' ? 403 : 200, view: { ...view, answer } };
  }

  function answerTo({ explorer, user, query }: Beholder, question: AccessQuestion): WhoCanView['answer'] {
    const { verb, path, apiGroup, resource, subresource, namespace, name } = question;
    const found = explorer.whoCan(
      user,
      path === ''
        ? { verb, apiGroup, resource, subresource, name, ...(namespace === '' ? {} : { namespace }) }
        : { verb, path },
    );
    if (found === undefined) return 'mayNot';
    const { items, ...place } = paged(found.subjects, query.get('page'));
    return {
      subjects: items.map(({ subject, namespaces, grants }) => ({
        subject: `${subject.kind} ${subject.namespace === undefined ? '' : `${subject.namespace}/`}${subject.name}`,
        namespaces,
        ways: grants.map(({ binding, role }) => ({ binding: objectText(binding), role: objectText(role) })),
      })),
      pager: { ...place, urlOf: (page) => addressWith(home, query, { page: String(page) }) },
    };
  }
}

function objectText({ kind, namespace, name }: Grant['binding']): string {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
