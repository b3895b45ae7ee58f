import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { UpgradeOffer } from '../upgrade/index.ts';
import { keptHeaders } from './kept-headers.ts';
import { splice } from './splice.ts';
import { switchingHead } from './upgrade-headers.ts';

export interface UpgradeForward {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names and values alternating; all of them. */
  readonly headers: readonly string[];
  /** Opens the connection, of which this request is the only one. */
  connect(): Promise<Socket>;
  readonly auditId: string;
  /** Milliseconds; a minute when absent. */
  readonly answerTimeoutMs?: number;
}

/** Milliseconds to wait for an answer, as for any other request. */
const ANSWER_TIMEOUT_MS = 60_000;

export interface UpgradeEvents {
  /** The upstream failed before it answered. */
  onFailure(error: Error): void;
  /** True when the client has been answered otherwise, and this answer is not for it. */
  intercept(statusCode: number): boolean;
}

/**
 * Asks the upstream for the upgrade, and joins the two connections only when it says 101 to exactly that protocol. Any
 * other answer is read as the HTTP that it is, handed to the client, and both connections end (CVE-2018-1002105).
 * Nothing that the client sent behind its headers goes up before the 101.
 */
export async function forwardUpgrade(
  forward: UpgradeForward,
  response: ServerResponse,
  offer: UpgradeOffer,
  events: UpgradeEvents,
): Promise<void> {
  let upstream: Socket;
  try {
    upstream = await forward.connect();
  } catch (error) {
    return events.onFailure(error as Error);
  }
  if (offer.socket.destroyed) return void upstream.destroy();
  const { method, path, headers } = forward;
  const asked = httpRequest({ method, path, headers, createConnection: () => upstream });
  const unanswered = setTimeout(() => {
    asked.destroy(new Error('the API server did not answer in time'));
  }, forward.answerTimeoutMs ?? ANSWER_TIMEOUT_MS);
  asked.once('close', () => clearTimeout(unanswered));
  response.once('close', () => upstream.destroy());
  asked.on('upgrade', (answer, socket, head) => {
    clearTimeout(unanswered);
    if (answer.headers.upgrade?.toLowerCase() !== offer.protocol.toLowerCase()) {
      socket.destroy();
      return events.onFailure(new Error('the API server changed to a protocol that was not asked for'));
    }
    offer.switching();
    offer.socket.write(switchingHead(answer, offer.protocol, forward.auditId), 'latin1');
    if (head.length > 0) offer.socket.write(head);
    if (offer.head.length > 0) socket.write(offer.head);
    splice(offer.socket, socket);
  });
  asked.on('response', (answer) => {
    clearTimeout(unanswered);
    if (!events.intercept(answer.statusCode ?? 502)) relay(answer, response);
    else answer.destroy();
  });
  asked.on('error', (error) => {
    if (response.statusCode === 101) offer.socket.destroy();
    else events.onFailure(error);
  });
  asked.end();
}

function relay(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, keptHeaders(answer.headers, []));
  answer.pipe(response);
  answer.once('error', () => response.destroy());
  answer.once('aborted', () => response.destroy());
}
