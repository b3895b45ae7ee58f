import type { Request } from 'express';
import { stringify } from 'yaml';
import { type DenialsView, denialsPage, toText } from '../../../views/index.ts';
import type { Denial } from '../../gateway/index.ts';
import { allowOwnScripts, sendHtml } from '../../http/index.ts';
import type { PageHost } from '../../identity/index.ts';
import { type PolicyObject, RBAC_API_VERSION } from '../../rbac/index.ts';
import { accessPageUrl } from '../access-question.ts';
import type { ServingProcess } from '../serving-process.ts';
import type { Beholder, Beholders } from './beholder.ts';
import { addressWith, keptQuery } from './kept-query.ts';
import { resourceText } from './rights-rows.ts';
import { sendUnseen } from './send-unseen.ts';

/** `/access/denials`: what somebody was refused recently, and the least that would have allowed it. */
export function addDenialsPage(host: PageHost, beholders: Beholders, process: ServingProcess): void {
  host.router.get('/access/denials', async (req, res) => {
    const seen = await beholders.see(req, res);
    if (seen === undefined) return;
    const page = host.page(req as Request);
    if ('unseen' in seen) return sendUnseen(res, page, seen.unseen);
    allowOwnScripts(res);
    sendHtml(res, 200, toText(denialsPage(page, viewOf(seen))));
  });

  function viewOf({ explorer, user, query, cluster }: Beholder): DenialsView {
    const kept = keptQuery(query);
    return {
      action: `${host.base}/access/denials`,
      kept: kept.toString(),
      person: user.username,
      process,
      denials: explorer.denialsOf(user).map(({ asked, count, lastAt }) => ({
        what: `${asked.verb} ${asked.isResourceRequest ? whatText(asked) : asked.path}`,
        namespace: asked.namespace,
        count,
        lastAt,
        url: addressWith(accessPageUrl(host.base, { ...asked, cluster }), kept, {}),
      })),
      suggestion: query.get('suggest') === 'yes' ? manifestsText(explorer.suggestFor(user)) : undefined,
    };
  }
}

function whatText({ apiGroup, resource, subresource, name }: Denial['asked']): string {
  const what = resourceText({
    apiGroup,
    resource: subresource === '' ? resource : `${resource}/${subresource}`,
  });
  return name === '' ? what : `${what} "${name}"`;
}

/** Ready for `kubectl apply -f -`. */
function manifestsText(objects: readonly PolicyObject[]): string {
  return objects
    .map((object) => stringify({ apiVersion: RBAC_API_VERSION, ...object }, { lineWidth: 0, version: '1.1' }))
    .join('---\n');
}
