import type { Request, Response } from 'express';
import { adminFindingsPage, adminPolicyPage, type PolicyFrame, toText } from '../../../views/index.ts';
import type { PolicySurvey, SurveyedObject } from '../../gateway/index.ts';
import { sendHtml } from '../../http/index.ts';
import type { PageHost } from '../../identity/index.ts';
import { addressWith } from '../explorer/kept-query.ts';
import { paged } from '../explorer/pages.ts';
import { adminTabs, type Officers } from './officers.ts';
import { policyLines } from './policy-lines.ts';

export interface PolicyPagesDeps {
  readonly host: PageHost;
  readonly officers: Officers;
}

interface Seen {
  readonly survey: PolicySurvey;
  readonly query: URLSearchParams;
  readonly frame: PolicyFrame;
}

/**
 * `/admin/policy`: the roles and bindings that a gateway decides by, where it has them from and how fresh they are;
 * `/admin/policy/findings`: what lint has to say about them. For who may list them all in the cluster.
 */
export function addPolicyPages({ host, officers }: PolicyPagesDeps): void {
  const home = `${host.base}/admin/policy`;

  /** undefined: the answer is given, or nobody's here. */
  async function look(req: Request, res: Response, next: () => void): Promise<Seen | undefined> {
    const officer = await officers.enter(req, res);
    if (officer === undefined) return undefined;
    const { policies } = officer;
    const at = req.originalUrl.indexOf('?');
    const query = new URLSearchParams(at < 0 ? '' : req.originalUrl.slice(at));
    const names = [...policies.keys()];
    const wanted = query.get('cluster');
    const cluster = wanted === null ? names[0] : wanted || undefined;
    const survey = policies.get(cluster);
    if (survey === undefined) {
      next();
      return undefined;
    }
    const of = cluster === undefined ? '' : `?${new URLSearchParams({ cluster })}`;
    const frame = {
      kinds: adminTabs(host.page(req), officer, 'policy'),
      clusters: names.length > 1 ? names.map((name) => name ?? '') : [],
      cluster,
      objectsUrl: home + of,
      findingsUrl: `${home}/findings${of}`,
      whoUrl: `${host.base}/access/who${of}`,
    };
    return { survey, query, frame };
  }

  host.router.get('/admin/policy', async (req, res, next) => {
    const seen = await look(req, res, next);
    if (seen === undefined) return;
    const { survey, query, frame } = seen;
    const find = query.get('find')?.trim() ?? '';
    const lined = survey.objects().map((object) => ({ object, lines: policyLines(object) }));
    const { items, ...place } = paged(lined.filter(sieve(find)), query.get('page'));
    const view = {
      ...frame,
      action: home,
      find,
      sources: survey.sources(),
      objects: items.map(({ object: { kind, namespace, name, source }, lines }) => ({
        ...{ kind, namespace, name, source, lines },
      })),
      pager: { ...place, urlOf: (page: number) => addressWith(home, query, { page: String(page) }) },
    };
    sendHtml(res, 200, toText(adminPolicyPage(host.page(req), view)));
  });

  host.router.get('/admin/policy/findings', async (req, res, next) => {
    const seen = await look(req, res, next);
    if (seen === undefined) return;
    const { survey, query, frame } = seen;
    const found = survey.findings();
    const { items, ...place } = paged(found ?? [], query.get('page'));
    const here = `${home}/findings`;
    const view = {
      ...frame,
      tooLarge: found === undefined,
      findings: items.map(({ object: { kind, namespace, name }, ...finding }) => ({
        ...finding,
        object: `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`,
      })),
      pager: { ...place, urlOf: (page: number) => addressWith(here, query, { page: String(page) }) },
    };
    sendHtml(res, 200, toText(adminFindingsPage(host.page(req), view)));
  });
}

interface Lined {
  readonly object: SurveyedObject;
  readonly lines: readonly string[];
}

function sieve(find: string): (lined: Lined) => boolean {
  return ({ object: { kind, namespace, name, source }, lines }) =>
    find === '' || [kind, namespace, name, source, ...lines].some((text) => text.includes(find));
}
