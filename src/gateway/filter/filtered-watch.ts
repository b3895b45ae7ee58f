import type { ServerResponse } from 'node:http';
import {
  badRequest,
  decodeListOptions,
  encodeStatus,
  expired,
  type ListOptions,
  type StatusError,
} from '../../kube/index.ts';
import { drained } from '../list/index.ts';
import type { Answer, Ask } from './ask.ts';
import { targetFor } from './collection-query.ts';
import type { FilteredRequest } from './filtered-request.ts';
import { type MergedWatch, mergeWatches } from './merge-watches.ts';
import { RefusedAnswer } from './refused-answer.ts';
import type { Positions } from './resume-log.ts';
import type { ResumePoints } from './resume-points.ts';
import { readLines } from './watch-frame.ts';

export interface FilteredWatchDeps {
  readonly ask: Ask;
  readonly resume: ResumePoints;
  /** The API server has let the caller watch all parts. @param warnings of the API server */
  confirmed(warnings: Answer['headers'][string]): void;
  /** Aborted when the caller may see other places than when the watch began. */
  readonly changed: AbortSignal;
}

/** Watches that are opened at the same time. */
const AT_ONCE = 8;

/**
 * Answers a watch with the watches of all places, told as one; resolves when it is over. It ends when one of them ends, and
 * cleanly with 410 when the caller's places have changed.
 * @throws StatusError 400, 403; RefusedAnswer when the API server refuses
 */
export async function answerWatch(
  filtered: FilteredRequest,
  response: ServerResponse,
  deps: FilteredWatchDeps,
): Promise<void> {
  const options = decodeListOptions(filtered.query);
  if ('failure' in options) throw badRequest(options.failure);
  const { resourceVersion, allowWatchBookmarks: bookmarks, sendInitialEvents } = options;
  const selection = JSON.stringify([filtered.requestInfo.labelSelector, filtered.requestInfo.fieldSelector]);
  const places = filtered.places.length;
  const resumes = resumesFrom(options);
  const start = resumes ? deps.resume.find(filtered, selection, resourceVersion, places) : undefined;
  if (resumes && start === undefined) {
    deps.confirmed(undefined);
    beginStream(response);
    response.end(errorLine(tooOld(resourceVersion)));
    return;
  }
  const answers = await openAll(filtered, deps.ask, start);
  if (response.destroyed) return leave(answers);
  deps.confirmed(answers[0]?.headers['warning']);
  const merged = mergeWatches({
    places,
    start,
    from: resumes ? resourceVersion : undefined,
    bookmarks,
    initialEvents: sendInitialEvents === true,
    begin: (positions, sent) => deps.resume.stream(filtered, selection, positions, sent),
  });
  await relay(answers, merged, response, deps.changed);
}

/** Everything else begins with what there is, or is refused by the API server in its own words. */
function resumesFrom({ resourceVersion, sendInitialEvents }: ListOptions): boolean {
  return sendInitialEvents !== true && /^[1-9]\d*$/.test(resourceVersion);
}

async function openAll(filtered: FilteredRequest, ask: Ask, start: Positions | undefined): Promise<Answer[]> {
  const { requestInfo, query, places } = filtered;
  const answers: Answer[] = [];
  const targets = places.map((place, index) =>
    targetFor(requestInfo, query, place, {
      allowWatchBookmarks: 'true',
      ...(start === undefined ? {} : { resourceVersion: start[index] }),
    }),
  );
  for (let at = 0; at < targets.length; at += AT_ONCE) {
    const opened = await Promise.allSettled(targets.slice(at, at + AT_ONCE).map(ask));
    answers.push(
      ...opened
        .filter(({ status }) => status === 'fulfilled')
        .map((each) => (each as { value: Answer }).value),
    );
    const failed = opened.find((each) => each.status === 'rejected');
    const refused = answers.find(({ status }) => status !== 200);
    if (failed === undefined && refused === undefined) continue;
    leave(answers.filter((answer) => answer !== refused));
    if (refused === undefined) throw failed?.reason;
    // No such resource in a namespace: it belongs to the cluster, and the caller may not watch it.
    if (refused.status !== 404) throw new RefusedAnswer(refused);
    leave([refused]);
    throw filtered.refusal;
  }
  return answers;
}

async function relay(
  answers: readonly Answer[],
  merged: MergedWatch,
  response: ServerResponse,
  changed: AbortSignal,
): Promise<void> {
  const end = (last?: Buffer) => {
    leave(answers);
    if (!response.writableEnded && !response.destroyed) response.end(last);
  };
  const closed = new Promise<void>((resolve) => {
    response.once('close', () => {
      leave(answers);
      resolve();
    });
  });
  const endChanged = () => end(errorLine(expired('the namespaces that the list is made of have changed')));
  changed.addEventListener('abort', endChanged);
  beginStream(response);
  // They may have, while the watches were being opened.
  if (changed.aborted) return endChanged();
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });

  async function pump({ body }: Answer, place: number): Promise<void> {
    for await (const line of readLines(body)) {
      const told = merged.take(place, line);
      if (response.writableEnded || response.destroyed) return;
      if (merged.isOver()) return end(told);
      if (told !== undefined && !response.write(told)) await drained(response);
      if (merged.isLive()) release();
      else if (merged.isHeld(place)) await Promise.race([released, closed]);
    }
    end();
  }

  try {
    await Promise.all(answers.map(pump));
  } catch (error) {
    leave(answers);
    if (response.writableEnded || response.destroyed) return;
    // What an API server has begun and not ended well is not ended well here.
    response.destroy();
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

function beginStream(response: ServerResponse): void {
  response.setHeader('Content-Type', 'application/json');
  response.writeHead(200);
  // kubectl waits for the headers before it looks at anything else, and the first event may be hours away.
  response.flushHeaders();
}

function leave(answers: readonly Answer[]): void {
  for (const { body } of answers) body.destroy();
}

function errorLine(error: StatusError): Buffer {
  return Buffer.from(`{"type":"ERROR","object":${encodeStatus(error).trimEnd()}}\n`);
}

function tooOld(revision: string): StatusError {
  return expired(`too old resource version: ${revision} (no list of the same namespaces is known at it)`);
}
