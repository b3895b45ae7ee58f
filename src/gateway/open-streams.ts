import type { ServerResponse } from 'node:http';
import type { Attributes, Decision, UserInfo } from '../kube/index.ts';
import type { Impersonate } from './impersonate/index.ts';

/** Milliseconds between two looks at all open streams. A look is a decision a stream: a tenth of a microsecond. */
const EVERY_MS = 1_000;

export interface OpenStream {
  readonly response: ServerResponse;
  /** Everything that was asked when the stream was let through; all of it is asked again as long as it is open. */
  readonly attributes: readonly Attributes[];
  /** Milliseconds since 1970 at which the token that opened it ends; Infinity for none. */
  readonly expiresAt: number;
  /** Whether the session that opened it is over. */
  readonly hasEnded?: (() => boolean) | undefined;
  /** Who opened it, where it is somebody else's by impersonation; the right to that is asked for again, too. */
  readonly impersonation?: Impersonation | undefined;
  /** Where the right is another than the attributes': whether it still holds, and how the stream ends when it does not. */
  readonly right?: { holds(): boolean; end(): void } | undefined;
}

/** What Impersonate was asked. */
export interface Impersonation {
  readonly rawHeaders: readonly string[];
  readonly caller: UserInfo;
  attributesOf(user: UserInfo): Attributes;
}

export interface OpenStreamsDeps {
  authorize(attributes: Attributes): Decision;
  /** By the same authorizer. */
  readonly impersonate: Impersonate;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long a stream may outlive its token, in milliseconds. */
  readonly graceMs: number;
  readonly everyMs?: number;
}

export interface OpenStreams {
  /** Looks after a stream until it ends by itself. */
  add(stream: OpenStream): void;
  /** Ends every stream whose token or session has ended or whose right has been taken away. */
  look(): void;
  count(): number;
  close(): void;
}

/**
 * A watch or a log that is followed lives for hours; the right to it may not. kube-apiserver decides once, when a stream
 * begins. Here it ends within a second of the right: the client asks anew, and hears why not.
 */
export function createOpenStreams({
  authorize,
  impersonate,
  now,
  graceMs,
  everyMs = EVERY_MS,
}: OpenStreamsDeps): OpenStreams {
  const streams = new Set<OpenStream>();
  const allowed = (each: Attributes) => authorize(each).decision === 'allow';
  const mayAssume = ({ rawHeaders, caller, attributesOf }: Impersonation) =>
    impersonate(rawHeaders, caller, attributesOf).outcome === 'impersonated';
  const look = () => {
    const oldest = now() - graceMs;
    for (const stream of streams) {
      const { response, attributes, expiresAt, hasEnded, impersonation, right } = stream;
      const isOver =
        expiresAt <= oldest ||
        hasEnded?.() === true ||
        (impersonation !== undefined && !mayAssume(impersonation));
      if (!isOver && (right?.holds() ?? attributes.every(allowed))) continue;
      streams.delete(stream);
      if (isOver || right === undefined) response.destroy();
      else right.end();
    }
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  return {
    add(stream) {
      streams.add(stream);
      stream.response.once('close', () => streams.delete(stream));
    },
    look,
    count: () => streams.size,
    close: () => clearInterval(timer),
  };
}
