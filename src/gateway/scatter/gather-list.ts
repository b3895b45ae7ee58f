import type { ServerResponse } from 'node:http';
import { createListWriter, type ListPage, listAnew } from '../list/index.ts';
import { type Asking, askCluster, type Outcome, type ScatteredCluster } from './ask-cluster.ts';
import { emptyPage, type ListShape } from './list-shape.ts';
import { isHidden, refusalOf, refusalOfAll } from './refused-list.ts';
import { decodeScatterToken, encodeScatterToken } from './scatter-token.ts';
import type { ScatteredList } from './scattered-request.ts';
import { createWarnings } from './warnings.ts';

/** Objects that are asked for at a time, whatever the client would take: what is held in memory is as many a cluster. */
const PAGE = 500;
/** Clusters that are asked at the same time. */
const MOST_AT_ONCE = 32;

/**
 * Answers a list with the lists of all clusters, one after the other in their order. All are asked at once for their first
 * page; who gives none is left out, with a warning unless the caller may not list there. Who has begun must go on:
 * the answer is whole or it fails.
 * @param clusters those that the list selects
 * @throws StatusError, RefusedList
 */
export async function gatherList(
  list: ScatteredList,
  clusters: readonly ScatteredCluster[],
  response: ServerResponse,
  asking: Asking,
): Promise<void> {
  const gathering = new Gathering(list, clusters, response, asking);
  await gathering.run();
}

class Gathering {
  readonly #list: ScatteredList;
  readonly #clusters: readonly ScatteredCluster[];
  readonly #asking: Asking;
  readonly #writer: ReturnType<typeof createListWriter>;
  readonly #warnings: ReturnType<typeof createWarnings>;
  #shape: Pick<ListShape, 'apiVersion' | 'kind'> | undefined;
  /** Objects that fit into what is left of the answer. */
  #left: number;

  constructor(
    list: ScatteredList,
    clusters: readonly ScatteredCluster[],
    response: ServerResponse,
    asking: Asking,
  ) {
    this.#list = list;
    this.#clusters = clusters;
    this.#asking = asking;
    this.#writer = createListWriter(response, list.limit === 0);
    this.#warnings = createWarnings(response);
    this.#left = list.limit === 0 ? Number.POSITIVE_INFINITY : Math.min(list.limit, PAGE);
  }

  async run(): Promise<void> {
    let at = 0;
    if (this.#list.continue !== '') {
      const position = decodeScatterToken(this.#list.continue);
      at = this.#clusters.findIndex(({ name }) => name === position.cluster);
      if (at < 0) throw listAnew();
      this.#shape = position;
      if (position.continue !== '') {
        const more = await this.#finish(at, position.continue);
        if (more !== '' || this.#left === 0) return this.#end(more === '' ? at + 1 : at, more);
        at += 1;
      }
    }
    const waiting = this.#clusters.slice(at);
    const outcomes = await this.#askAll(waiting);
    for (const [index, page] of this.#pagesOf(waiting, outcomes).entries()) {
      if (page === undefined) continue;
      const fits = await this.#fit(waiting[index] as ScatteredCluster, page);
      if (fits === 'full') return this.#end(at + index, '');
      if (fits === undefined) continue;
      await this.#take(fits);
      const more = await this.#finish(at + index, fits.continue);
      if (more !== '') return this.#end(at + index, more);
    }
    return this.#end(this.#clusters.length, '');
  }

  /** First pages that go together, in the order of their clusters; the rest is warned of while that can be told. */
  #pagesOf(clusters: readonly ScatteredCluster[], outcomes: readonly Outcome[]): (ListPage | undefined)[] {
    let common: ListShape | undefined;
    const pages = outcomes.map((outcome, index) => {
      const cluster = clusters[index] as ScatteredCluster;
      if (outcome.outcome === 'refused') {
        if (!isHidden(outcome)) this.#warn(cluster, outcome.problem);
        return undefined;
      }
      common ??= outcome.shape;
      if (outcome.shape.text !== common.text) {
        this.#warn(
          cluster,
          'answers in another form (other columns, or another version): name it to list it',
        );
        return undefined;
      }
      for (const warning of outcome.warnings) this.#warnings.pass(warning);
      return outcome.page;
    });
    if (common === undefined && this.#shape === undefined) throw refusalOfAll(refusalsOf(clusters, outcomes));
    this.#shape ??= common;
    return pages;
  }

  /**
   * A first page is as long as the answer may be, and may be too long by now: then it is asked for anew, for it cannot be cut.
   * @returns `full` when the next answer begins with this cluster
   */
  async #fit(cluster: ScatteredCluster, page: ListPage): Promise<ListPage | 'full' | undefined> {
    if (page.count <= this.#left) return page;
    if (this.#left === 0) return 'full';
    if (this.#left === this.#limit()) return page;
    const [outcome] = await this.#askAll([cluster]);
    if (outcome?.outcome === 'listed') return outcome.page;
    if (outcome !== undefined && !isHidden(outcome)) this.#warn(cluster, outcome.problem);
    return undefined;
  }

  /** Reads the rest of a cluster's list, as far as it fits. @returns the cluster's token for what does not; '' for nothing */
  async #finish(at: number, token: string): Promise<string> {
    const cluster = this.#clusters[at] as ScatteredCluster;
    let more = token;
    while (more !== '' && this.#left > 0) {
      const [outcome] = (await this.#askAll([cluster], more)) as [Outcome];
      if (outcome.outcome === 'refused') {
        // Its own 410 has a token in it that is good there only.
        throw outcome.refusal?.status === 410 ? listAnew() : refusalOf(cluster, outcome);
      }
      await this.#take(outcome.page);
      more = outcome.page.continue;
    }
    return more;
  }

  async #take(page: ListPage): Promise<void> {
    this.#left = Math.max(0, this.#left - page.count);
    await this.#writer.page(page, '');
  }

  async #end(at: number, more: string): Promise<void> {
    const { apiVersion, kind } = this.#shape as ListShape;
    // An answer in which nobody had anything to say still says of what kind it is.
    await this.#writer.page(emptyPage({ apiVersion, kind }), '');
    const cluster = this.#clusters[at]?.name;
    this.#writer.end(
      cluster === undefined ? '' : encodeScatterToken({ cluster, continue: more, apiVersion, kind }),
    );
  }

  /** Asks for a page of each, at once; who has not begun to answer by the deadline is given up. */
  async #askAll(clusters: readonly ScatteredCluster[], more = ''): Promise<Outcome[]> {
    const { timer, deadlineMs } = this.#asking;
    const target = this.#list.target(Math.min(this.#left, PAGE), more);
    const late = new AbortController();
    const cancel = timer(deadlineMs, () => late.abort());
    const outcomes: Outcome[] = [];
    const waiting = clusters.entries();
    const work = async () => {
      for (const [index, cluster] of waiting) {
        outcomes[index] = await askCluster(cluster, target, this.#asking, late.signal);
      }
    };
    await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, clusters.length) }, work)).finally(cancel);
    this.#asking.gone.throwIfAborted();
    return outcomes;
  }

  /** Objects of a whole answer. */
  #limit(): number {
    return Math.min(this.#list.limit, PAGE);
  }

  #warn({ name }: ScatteredCluster, problem: string): void {
    this.#warnings.add(`cluster ${name}: ${problem}`);
  }
}

function refusalsOf(clusters: readonly ScatteredCluster[], outcomes: readonly Outcome[]) {
  return outcomes.flatMap((refused, index) =>
    refused.outcome === 'refused' ? [{ cluster: clusters[index] as ScatteredCluster, refused }] : [],
  );
}
