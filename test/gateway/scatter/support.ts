import { createServer, type ServerResponse } from 'node:http';
import { expect, onTestFinished } from 'vitest';
import type { AuthorizedRequest } from '../../../src/gateway/exchange.ts';
import { type AuthenticationOutcome, createScatter, type Target } from '../../../src/gateway/index.ts';
import type { Timer } from '../../../src/gateway/scatter/read-whole.ts';
import { closeServer, listenOn, pipelineOf } from '../support/gateway.ts';

export const PODS = '/api/v1/pods';
export const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

export interface FakeApi {
  readonly target: Target;
  /** Request targets, as they arrived. */
  readonly asked: string[];
  readonly authorized: AuthorizedRequest[];
}

type Answer = (authorized: AuthorizedRequest) => void;

/** An API server that answers every request in the same way. */
export function apiThat(answer: Answer): FakeApi {
  const asked: string[] = [];
  const authorized: AuthorizedRequest[] = [];
  const target: Target = {
    forward(request) {
      asked.push(request.target);
      authorized.push(request);
      answer(request);
    },
    notReady: () => undefined,
    close: async () => {},
  };
  return { target, asked, authorized };
}

/** An API server with these pods, which it tells by pages. */
export function apiWith(names: readonly string[], headers: Record<string, string> = {}): FakeApi {
  return apiThat(({ request, response, target }) => {
    const query = new URL(target, 'http://api').searchParams;
    const limit = Number(query.get('limit') ?? '0') || names.length;
    const start = Number(query.get('continue') ?? '0');
    const page = names.slice(start, start + limit);
    const next = start + limit < names.length ? { continue: String(start + limit) } : {};
    const metadata = { resourceVersion: '7', ...next };
    const isTable = request.headers.accept?.includes('as=Table') === true;
    respond(response, 200, isTable ? tableOf(page, metadata) : listOf(page, metadata), headers);
  });
}

export function listOf(names: readonly string[], metadata: object = { resourceVersion: '7' }) {
  return {
    kind: 'PodList',
    apiVersion: 'v1',
    metadata,
    items: names.map((name) => ({ metadata: { name } })),
  };
}

export function tableOf(names: readonly string[], metadata: object = {}, columns = ['Name']) {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map((name) => ({ name, type: 'string' })),
    rows: names.map((name) => ({ cells: [name], object: { metadata: { name } } })),
  };
}

export function respond(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : `${JSON.stringify(body)}\n`);
}

export const failing = (status: number) =>
  apiThat(({ response }) =>
    respond(response, status, { kind: 'Status', code: status, message: `dial tcp 10.0.0.1:2379` }),
  );

/** Never answers. */
export const silent = () => apiThat(() => {});

/** A clock that is told when time is up. */
export function handTimer() {
  const waiting = new Set<() => void>();
  const timer: Timer = (_ms, run) => {
    waiting.add(run);
    return () => waiting.delete(run);
  };
  return {
    timer,
    waiting,
    fire() {
      for (const run of [...waiting]) run();
    },
  };
}

type PipelineOptions = Parameters<typeof pipelineOf>[0];

export interface ScatterOptions {
  readonly timer?: Timer;
  /** What is different about a cluster's pipeline. */
  readonly pipelines?: Readonly<Record<string, PipelineOptions>>;
}

/** Three clusters or so, the first without a name, behind `/clusters/-`; every request is jane's. */
export async function serveScatter(apis: Readonly<Record<string, FakeApi>>, options: ScatterOptions = {}) {
  const logged: unknown[] = [];
  const note = (fields: object) => void logged.push(fields);
  const clusters = Object.entries(apis).map(([name, { target }]) => ({
    name,
    prefix: name === 'root' ? '' : `/clusters/${name}`,
    pipeline: pipelineOf({ target, ...options.pipelines?.[name] }),
  }));
  const scatter = createScatter({
    clusters: clusters as [(typeof clusters)[number]],
    deadlineMs: 5_000,
    stalledReaderMs: 60_000,
    events: { refused() {} },
    ...(options.timer === undefined ? {} : { timer: options.timer }),
    log: { warn: note, error: note },
  });
  const server = createServer((request, response) =>
    scatter(request, response, undefined, request.url?.slice('/clusters/-'.length)),
  );
  const port = await listenOn(server);
  const url = `http://127.0.0.1:${port}/clusters/-`;
  async function ask(path: string, init: RequestInit = {}) {
    const answer = await fetch(url + path, init);
    const text = await answer.text();
    const warnings = answer.headers.get('warning');
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
    const json: any = text === '' ? undefined : JSON.parse(text);
    return { status: answer.status, headers: answer.headers, warnings, text, json };
  }
  return { url, ask, logged, close: () => closeServer(server) };
}

/** `cluster/name` of everything in a list. */
export function placesIn(list: {
  items: { metadata: { name: string; labels: Record<string, string> } }[];
}): string[] {
  return list.items.map(({ metadata }) => `${metadata.labels['sallyport.dev/cluster']}/${metadata.name}`);
}

export const unknownCaller: { authenticate: () => AuthenticationOutcome } = {
  authenticate: () => ({ outcome: 'unauthorized', reason: 'another audience' }),
};

/** The same for as long as the test takes. */
export async function serve(...options: Parameters<typeof serveScatter>) {
  const gateway = await serveScatter(...options);
  onTestFinished(() => gateway.close());
  return gateway;
}

/** Reads page by page. */
export async function readAll({ ask }: Awaited<ReturnType<typeof serveScatter>>, limit: number) {
  const pages = [];
  for (let more = ''; ; ) {
    const { status, json } = await ask(`${PODS}?limit=${limit}${more && `&continue=${more}`}`);
    expect(status, JSON.stringify(json)).toBe(200);
    pages.push(json);
    more = json.metadata.continue ?? '';
    if (more === '') return pages;
  }
}
