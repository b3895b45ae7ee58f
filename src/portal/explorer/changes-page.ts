import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { type ChangeLine, type ChangesView, changesPage, toText } from '../../../views/index.ts';
import { seeOther, sendHtml } from '../../http/index.ts';
import type { PageHost } from '../../identity/index.ts';
import { type ChangedRight, type Right, type SubjectChange, TooManyRightsError } from '../../rbac/index.ts';
import type { Beholder, Beholders } from './beholder.ts';
import { addressWith, keptQuery } from './kept-query.ts';
import { resourceText } from './rights-rows.ts';
import { sendUnseen } from './send-unseen.ts';

/** What was pasted, as it waits for the page that answers. */
interface Pasted {
  /** In the page's address: in another tab of the browser something else may have been pasted since. */
  readonly id: string;
  readonly manifests: string;
  /** The form was of another session: it is shown again, and not answered. */
  readonly stale: boolean;
}

/**
 * `/access/changes`: what manifests would change. They are too long for an address, so a form takes them, and they are kept for the
 * browser that has sent them; the page can be loaded again.
 */
export function addChangesPage(host: PageHost, beholders: Beholders): void {
  const { forms, kept } = host;
  const home = `${host.base}/access/changes`;

  async function pastedBefore(
    req: Request,
    { query, person }: Beholder,
  ): Promise<Pasted | 'gone' | undefined> {
    const id = query.get('pasted');
    if (id === null) return undefined;
    const found = await kept.look(req, home, person.username);
    const pasted = found === undefined ? undefined : (JSON.parse(found) as Pasted);
    return pasted?.id === id ? pasted : 'gone';
  }

  host.router.get('/access/changes', ...forms.shown, async (req, res) => {
    const seen = await beholders.see(req, res);
    if (seen === undefined) return;
    if ('unseen' in seen) return sendUnseen(res, host.page(req), seen.unseen);
    const pasted = await pastedBefore(req, seen);
    const manifests = pasted === undefined || pasted === 'gone' ? '' : pasted.manifests;
    const { cluster, clusters, query } = seen;
    const answer = answerOf(seen, pasted);
    const view = {
      action: home,
      csrf: forms.token(req),
      clusters,
      cluster,
      kept: keptQuery(query).toString(),
      manifests,
      answer,
    };
    sendHtml(res, answer === 'mayNot' ? 403 : 200, toText(changesPage(host.page(req), view)));
  });

  /** Keeps what was pasted for the page that answers, and leads there. */
  const keepPasted =
    (stale: boolean): RequestHandler =>
    async (req, res) => {
      const cluster = forms.field(req, 'cluster') ?? '';
      const seen = await beholders.see(req, res, new URLSearchParams(cluster === '' ? {} : { cluster }));
      if (seen === undefined) return;
      if ('unseen' in seen) return sendUnseen(res, host.page(req), seen.unseen);
      const id = randomBytes(8).toString('base64url');
      const pasted: Pasted = { id, manifests: forms.field(req, 'manifests') ?? '', stale };
      await kept.keep(req, home, JSON.stringify(pasted), seen.person.username);
      seeOther(res, addressWith(home, new URLSearchParams(), { cluster, pasted: id }));
    };
  host.router.post('/access/changes', ...forms.submittedLongFrom(home, keepPasted(true)), keepPasted(false));
}

/** More than anybody reads; `sallyport diff` has them all. */
const MOST_LINES = 500;

function answerOf(seen: Beholder, pasted: Pasted | 'gone' | undefined): ChangesView['answer'] {
  if (pasted === undefined || pasted === 'gone') return pasted;
  return pasted.stale ? 'stale' : answerTo(seen, pasted.manifests);
}

function answerTo({ explorer, user }: Beholder, manifests: string): ChangesView['answer'] {
  try {
    const found = explorer.changes(user, manifests);
    if (found === undefined) return 'mayNot';
    if (found.problems.length > 0) return { problems: found.problems };
    const changes = found.changes.flatMap(linesOf);
    return { changes: changes.slice(0, MOST_LINES), further: Math.max(0, changes.length - MOST_LINES) };
  } catch (error) {
    if (error instanceof TooManyRightsError) return 'tooMany';
    throw error;
  }
}

function linesOf({ subject, gains, losses }: SubjectChange): ChangeLine[] {
  const who = `${subject.kind} ${subject.namespace === undefined ? '' : `${subject.namespace}/`}${subject.name}`;
  const line = (isGain: boolean) => (right: ChangedRight) => ({
    gains: isGain,
    subject: who,
    right: rightText(right),
    except: (right.except ?? []).map(rightText).join('; '),
  });
  return [...gains.map(line(true)), ...losses.map(line(false))];
}

function rightText(right: Right): string {
  if ('path' in right) return `${right.verbs.join(', ')} ${right.path}`;
  const name = right.resourceName === undefined ? '' : ` "${right.resourceName}"`;
  return `${right.verbs.join(', ')} ${resourceText(right)}${name} (${right.namespaces.join(', ')})`;
}
