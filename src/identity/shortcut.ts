import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';

export interface ShortcutDeps {
  readonly method: string;
  /** Path of the issuer; '' when it has none. */
  readonly base: string;
  /** Below the base. */
  readonly path: string;
  /** In the order in which they are called; the last one answers. They may look at no more of Express than a request's path. */
  readonly handlers: readonly RequestHandler[];
  readonly onError: ErrorRequestHandler;
}

type Listener = (req: IncomingMessage, res: ServerResponse) => void;

/** One request that is asked more often than all others: it is answered without a search through the routes of the rest. */
export function createShortcut(others: Listener, deps: ShortcutDeps): Listener {
  const { method, base, path, handlers, onError } = deps;
  const target = base + path;
  return (req, res) => {
    if (req.url !== target || req.method !== method) return others(req, res);
    // What Express would tell of it.
    const request = Object.assign(req, { originalUrl: target, baseUrl: base, url: path, path }) as Request;
    const response = res as Response;
    let at = 0;
    const fail = (error: unknown) => onError(error, request, response, () => res.destroy());
    const next = (error?: unknown): void => {
      if (error !== undefined) return void fail(error);
      try {
        void handlers[at++]?.(request, response, next);
      } catch (thrown) {
        fail(thrown);
      }
    };
    next();
  };
}
