import { finished } from 'node:stream/promises';
import { badRequest } from '../../kube/index.ts';
import type { Container, ContainerLog, LogLine } from '../node/index.ts';
import { acceptLogStream, type OneWayStream } from '../streaming/index.ts';
import type { Call, Handler } from './handler-context.ts';
import { type LogOptions, readLogOptions } from './log-options.ts';
import { findPodContainer } from './pod-container.ts';
import { answerRefusal } from './upgraded.ts';

/** GET of pods/log: what a container has printed, and with `follow` what it prints from now on. */
export const podLog: Handler = async (context, call) => {
  const options = readLogOptions(call, context.deps.now());
  const { container: name, nodeName } = await findPodContainer(context, call);
  const { request, response } = call;
  if (nodeName === '') {
    response.statusCode = 204;
    response.end();
    return;
  }
  const container = context.node?.find(call.namespace, call.name)?.find(name);
  const log = chooseLog(call, container, name, options);
  const session = context.sessions.open(request.user.username);
  const gone = new AbortController();
  const signal = AbortSignal.any([request.signal, context.closing, gone.signal]);
  try {
    const { upgrade } = request;
    if (upgrade === undefined) {
      await copyLog(log, options, startResponse(call), signal);
    } else {
      await answerRefusal(call, () =>
        copyLog(log, options, acceptLogStream(upgrade, request.headers, gone), signal),
      );
    }
  } finally {
    session.close();
  }
};

/** Source: kubelet validateContainerLogStatus. Throws StatusError 400. */
function chooseLog(
  { name: pod }: Call,
  container: Container | undefined,
  name: string,
  { previous }: LogOptions,
): ContainerLog | undefined {
  const titled = `container ${JSON.stringify(name)} in pod ${JSON.stringify(pod)}`;
  if (previous) {
    const log = container?.previousLog();
    if (log === undefined) throw badRequest(`previous terminated ${titled} not found`);
    return log;
  }
  const state = container?.state();
  if (state?.type === 'waiting' && container?.lastState() === undefined) {
    throw badRequest(`${titled} is waiting to start: ${state.reason}`);
  }
  return container?.log();
}

function startResponse({ response }: Call): OneWayStream {
  response.statusCode = 200;
  response.setHeader('Content-Type', 'text/plain');
  response.flushHeaders();
  return {
    write: (data) =>
      new Promise((resolve) => {
        if (response.destroyed) resolve(false);
        else response.write(data, (error) => resolve(!error));
      }),
    async end() {
      response.end();
      await finished(response).catch(() => {});
    },
  };
}

/** @param log undefined for a container that ended before this process began: nothing is known of it any more */
async function copyLog(
  log: ContainerLog | undefined,
  options: LogOptions,
  sink: OneWayStream,
  signal: AbortSignal,
): Promise<void> {
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  let { lines, next } = log?.linesFrom(0) ?? { lines: [], next: 0 };
  lines = newest(
    lines.filter((line) => isWanted(line, options)),
    options.tailLines,
  );
  while (!signal.aborted) {
    for (const batch of inBatches(lines, options.timestamps)) {
      const data = batch.subarray(0, left);
      left -= data.length;
      if (data.length > 0 && !(await sink.write(data))) return;
    }
    if (log === undefined || !options.follow || left === 0) break;
    // Asked before the rest is read: what is printed in between is not missed.
    const isLast = log.isClosed();
    ({ lines, next } = log.linesFrom(next));
    lines = lines.filter((line) => isWanted(line, options));
    if (lines.length > 0) continue;
    if (isLast) break;
    await log.changed(signal);
  }
  await sink.end();
}

function isWanted({ at, stream }: LogLine, options: LogOptions): boolean {
  if (options.since !== undefined && at < options.since) return false;
  return options.stream === 'All' || options.stream.toLowerCase() === stream;
}

function newest(lines: readonly LogLine[], count: number | undefined): readonly LogLine[] {
  return count === undefined ? lines : lines.slice(Math.max(0, lines.length - count));
}

const batchBytes = 32 * 1024;

function* inBatches(lines: readonly LogLine[], timestamps: boolean): Generator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  for (const { at, text } of lines) {
    if (timestamps) parts.push(Buffer.from(`${timestamp(at)} `));
    parts.push(text);
    length += text.length;
    if (length < batchBytes) continue;
    yield Buffer.concat(parts);
    parts = [];
    length = 0;
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}

/** As kubelet writes it: always nine digits of a second. Source: kubelet types.RFC3339NanoFixed. */
function timestamp(at: number): string {
  return new Date(at).toISOString().replace('Z', '000000Z');
}
