import type { Request, Response } from 'express';
import { type ChangeLine, type ChangesView, changesPage, toText } from '../../../views/index.ts';
import { sendHtml } from '../../http/index.ts';
import type { PageHost } from '../../identity/index.ts';
import { type ChangedRight, type Right, type SubjectChange, TooManyRightsError } from '../../rbac/index.ts';
import type { Beholder, Beholders } from './beholder.ts';
import { keptQuery } from './kept-query.ts';
import { resourceText } from './rights-rows.ts';
import { sendUnseen } from './send-unseen.ts';

/** `/access/changes`: what manifests would change. Nothing is kept; a form only because manifests are long. */
export function addChangesPage(host: PageHost, beholders: Beholders): void {
  const { forms } = host;
  const home = `${host.base}/access/changes`;

  function show(
    req: Request,
    res: Response,
    seen: Beholder,
    manifests: string,
    answer: ChangesView['answer'],
  ) {
    const { cluster, clusters, query } = seen;
    const kept = keptQuery(query).toString();
    const view = { action: home, csrf: forms.token(req), clusters, cluster, kept, manifests, answer };
    sendHtml(res, statusOf(answer), toText(changesPage(host.page(req), view)));
  }

  host.router.get('/access/changes', ...forms.shown, async (req, res) => {
    const seen = await beholders.see(req, res);
    if (seen === undefined) return;
    if ('unseen' in seen) return sendUnseen(res, host.page(req), seen.unseen);
    show(req, res, seen, '', undefined);
  });

  host.router.post('/access/changes', ...forms.submittedLong, async (req, res) => {
    const cluster = forms.field(req, 'cluster') ?? '';
    const seen = await beholders.see(req, res, new URLSearchParams(cluster === '' ? {} : { cluster }));
    if (seen === undefined) return;
    if ('unseen' in seen) return sendUnseen(res, host.page(req), seen.unseen);
    const manifests = forms.field(req, 'manifests') ?? '';
    show(req, res, seen, manifests, answerTo(seen, manifests));
  });
}

/** More than anybody reads; `sallyport diff` has them all. */
const MOST_LINES = 500;

function statusOf(answer: ChangesView['answer']): number {
  if (answer === 'mayNot') return 403;
  return answer === 'tooMany' || (answer !== undefined && 'problems' in answer) ? 400 : 200;
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
