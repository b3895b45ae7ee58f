import { type IncomingMessage, type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';
import { InnerResponse, type ListPage, readListPage } from '../list/index.ts';
import type { Pipeline } from '../pipeline/index.ts';
import { innerRequest } from './inner-request.ts';
import { labelItems } from './label-items.ts';
import { type ListShape, shapeOf } from './list-shape.ts';
import { readWhole, type Timer, UnreadableError } from './read-whole.ts';

/** One of the clusters that are asked together. */
export interface ScatteredCluster {
  /** The value of the label on its objects, and its name in warnings. */
  readonly name: string;
  /** Before its request targets, as clients write them: `/clusters/<name>`, or nothing. */
  readonly prefix: string;
  readonly pipeline: Pipeline;
}

/** An answer that is no list. */
export interface Refusal {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

export type Outcome =
  | {
      readonly outcome: 'listed';
      readonly page: ListPage;
      readonly shape: ListShape;
      readonly warnings: readonly string[];
    }
  | {
      readonly outcome: 'refused';
      /** In our own words, which tell nothing of what lies behind the cluster. */
      readonly problem: string;
      /** undefined when there was none to hand on. */
      readonly refusal: Refusal | undefined;
    };

export interface Asking {
  /** The client's. */
  readonly request: IncomingMessage;
  readonly accept: string;
  readonly auditId: string;
  /** Aborts when the client leaves. */
  readonly gone: AbortSignal;
  /** How long an answer may take to begin, and to go on, in milliseconds. */
  readonly deadlineMs: number;
  readonly timer: Timer;
  readonly log: { warn(fields: object, message: string): void };
}

/** A page of 500 objects, most of which are a few kilobytes. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_BYTES_OF_REFUSAL = 64 * 1024;

/**
 * Asks one cluster for one page. The request goes through that cluster's own pipeline, from its first step on, so it is
 * authenticated, decided, recorded, counted and limited as if its caller had sent it there: there is no way around to forget.
 * Never rejects: what goes wrong with one cluster is told beside what the others say.
 * @param late aborts when the answer should have begun
 */
export async function askCluster(
  cluster: ScatteredCluster,
  target: string,
  asking: Asking,
  late: AbortSignal,
): Promise<Outcome> {
  const { request, gone, deadlineMs, timer } = asking;
  const tooLate = () => new UnreadableError(`did not answer within ${deadlineMs / 1000}s`);
  if (late.aborted || gone.aborted) return refused(tooLate().message);
  const inner = innerRequest(request, { ...asking, url: cluster.prefix + target });
  const response = new InnerResponse(inner);
  const giveUp = () => response.destroy(tooLate());
  const leave = () => response.destroy();
  late.addEventListener('abort', giveUp);
  gone.addEventListener('abort', leave);
  try {
    cluster.pipeline(inner, response.asServerResponse(), undefined, target);
    const { status, headers } = await response.head;
    late.removeEventListener('abort', giveUp);
    if (status !== 200) {
      const body = await readWhole(response, MOST_BYTES_OF_REFUSAL, deadlineMs, timer).catch(() => undefined);
      return refused(statusText(status), body && { status, headers, body });
    }
    const page = readListPage(await readWhole(response, MOST_BYTES, deadlineMs, timer));
    const items = labelItems(page.items, page.itemsName, cluster.name);
    return {
      outcome: 'listed',
      page: { ...page, items },
      shape: shapeOf(page),
      warnings: warningsOf(headers),
    };
  } catch (error) {
    return refused(problemOf(error, cluster, asking));
  } finally {
    late.removeEventListener('abort', giveUp);
    gone.removeEventListener('abort', leave);
    response.destroy();
  }
}

function refused(problem: string, refusal?: Refusal): Outcome {
  return { outcome: 'refused', problem, refusal };
}

function statusText(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim();
}

function problemOf(error: unknown, { name }: ScatteredCluster, { auditId, log, gone }: Asking): string {
  if (error instanceof UnreadableError) return error.message;
  if (!gone.aborted) log.warn({ auditId, cluster: name, err: error }, 'a cluster gave no list');
  return error instanceof SyntaxError ? 'answered with no list' : 'broke off its answer';
}

function warningsOf({ warning }: OutgoingHttpHeaders): string[] {
  return [warning ?? []].flat().map(String);
}
