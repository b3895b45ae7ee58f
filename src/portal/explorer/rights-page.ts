import type { Request } from 'express';
import { type RightsView, rightsPage, toText } from '../../../views/index.ts';
import { sendHtml } from '../../http/index.ts';
import type { PageHost } from '../../identity/index.ts';
import { TooManyRightsError, type WhatCan } from '../../rbac/index.ts';
import { accessPageUrl } from '../access-question.ts';
import type { Beholder, Beholders } from './beholder.ts';
import { addressWith, keptQuery } from './kept-query.ts';
import { paged } from './pages.ts';
import { rightsCsv, rightsJson } from './rights-export.ts';
import { cellsOf, type RightsRow, resourceText, rightsRows, USUAL_VERBS } from './rights-rows.ts';
import { sendUnseen } from './send-unseen.ts';

const NOTHING: WhatCan = { superuser: false, rows: [], paths: [], dangling: [] };

/** `/access/rights`: everything that somebody may do, as a matrix, as a picture, as CSV and as JSON. */
export function addRightsPage(host: PageHost, beholders: Beholders): void {
  const home = `${host.base}/access/rights`;

  host.router.get('/access/rights', async (req, res) => {
    const seen = await beholders.see(req, res);
    if (seen === undefined) return;
    const page = host.page(req as Request);
    if ('unseen' in seen) return sendUnseen(res, page, seen.unseen);
    sendHtml(res, 200, toText(rightsPage(page, viewOf(seen))));
  });

  for (const [ending, type, print] of [
    ['csv', 'text/csv', rightsCsv],
    ['json', 'application/json', rightsJson],
  ] as const) {
    host.router.get(`/access/rights.${ending}`, async (req, res) => {
      const seen = await beholders.see(req, res);
      if (seen === undefined) return;
      if ('unseen' in seen) return sendUnseen(res, host.page(req as Request), seen.unseen);
      const rights = rightsIn(seen);
      res.setHeader('Cache-Control', 'no-store');
      res.setHeader('Content-Disposition', `attachment; filename="rights.${ending}"`);
      res.type(type).send(print(rights ?? NOTHING));
    });
  }

  function viewOf(seen: Beholder): RightsView {
    const { query, user, explorer, cluster, clusters } = seen;
    const resource = query.get('resource')?.trim() ?? '';
    const rights = rightsIn(seen);
    const { items, ...place } = paged(
      rightsRows(rights ?? NOTHING, namespaceOf(query), resource),
      query.get('page'),
    );
    return {
      action: home,
      clusters,
      cluster,
      namespace: namespaceOf(query) ?? '',
      resource,
      as: query.get('as')?.trim() ?? '',
      groupsAsked: query.get('groups') ?? '',
      user,
      superuser: rights?.superuser ?? false,
      tooMany: rights === undefined,
      usualVerbs: USUAL_VERBS,
      lines: items.map((row) => lineOf(seen, row, cellsOf(explorer, user, row))),
      paths: rights?.paths ?? [],
      graph: graphOf(rights ?? NOTHING),
      pager: { ...place, urlOf: (page) => addressWith(home, query, { page: String(page) }) },
      csvUrl: addressWith(`${home}.csv`, query, { page: '' }),
      jsonUrl: addressWith(`${home}.json`, query, { page: '' }),
      kept: keptQuery(query).toString(),
    };
  }

  function lineOf({ cluster, query }: Beholder, row: RightsRow, cells: ReturnType<typeof cellsOf>) {
    const [resource = '', subresource = ''] = row.resource.split('/');
    const namespace = row.namespace === '*' ? '' : row.namespace;
    const { apiGroup } = row;
    const [name = ''] = row.names;
    const asked = {
      cluster,
      apiGroup,
      resource,
      subresource,
      namespace,
      name,
      path: '',
      isResourceRequest: true,
    };
    const url = (verb: string) =>
      addressWith(accessPageUrl(host.base, { ...asked, verb }), keptQuery(query), {});
    return {
      namespace: row.namespace,
      resource: resourceText(row),
      names: row.names,
      cells: cells.map((cell) => ({ ...cell, url: url(cell.verb) })),
    };
  }
}

function namespaceOf(query: URLSearchParams): string | undefined {
  return query.get('namespace')?.trim() || undefined;
}

/** undefined: there are too many. */
function rightsIn({ explorer, user, query }: Beholder): WhatCan | undefined {
  try {
    return explorer.rightsOf(user, namespaceOf(query));
  } catch (error) {
    if (error instanceof TooManyRightsError) return undefined;
    throw error;
  }
}

/** The ways in which the rights are held, each once. */
function graphOf({ rows, paths }: WhatCan): RightsView['graph'] {
  const edges = [...rows, ...paths].flatMap(({ grants }) =>
    grants.map(({ subject, binding, role }) => ({
      subject: `${subject.kind} ${subject.name}`,
      binding: `${binding.namespace === '' ? '' : `${binding.namespace}/`}${binding.name}`,
      role: `${role.kind} ${role.name}`,
    })),
  );
  return [...new Map(edges.map((edge) => [JSON.stringify(edge), edge])).values()];
}
