import { hkdfSync } from 'node:crypto';
import type { Request } from 'express';
import { createSealer, type Expiring, SealedValueError, type Sealer } from '../../store/index.ts';
import { hashOf } from '../provider/stored-model.ts';

/** Sealed; undefined: it was shown. */
export interface KeptRecord {
  readonly sealed?: string;
}

/** What is left of something that is shown once: itself, or that it was shown. */
export type Once = { readonly content: string } | 'shown';

/**
 * What a form has brought forth, for the page after it: recovery codes, a client's secret, manifests that somebody asks about. Forms end
 * in redirects, so it waits in the store, sealed with a key that only the browser's own cookie gives: the store has no more of that
 * cookie than its hash. It ends with the browser's session, which every sign-in replaces.
 */
export interface KeptForBrowser {
  /**
   * Keeps it for the page at this path, in place of what was kept there.
   * @param req of a browser that has been shown a form
   * @param of whose; of one person only the last is kept, from whatever browser, so that what is long cannot fill the store
   */
  keep(req: Request, path: string, content: string, of?: string): Promise<void>;
  /** What the page at this path may show as often as it likes; undefined when there is nothing, or not any more. */
  look(req: Request, path: string, of?: string): Promise<string | undefined>;
  /** The same of what is shown once: of several looks at once exactly one gets it, and the others that it was shown. */
  take(req: Request, path: string): Promise<Once | undefined>;
}

export interface KeptForBrowserDeps {
  readonly records: Expiring<KeptRecord>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Browsers come for it at once; this is for who looks at an answer, changes the language, and loads the page again. */
const LIFETIME_MS = 5 * 60_000;

export function createKeptForBrowser({ records, now }: KeptForBrowserDeps): KeptForBrowser {
  const keyOf = ({ sessionID }: Request, path: string, of = '') => hashOf(`${of || sessionID}\0${path}`);

  async function read(req: Request, path: string, of?: string) {
    // Programs that ask for a page's head are shown nothing.
    return req.method === 'GET' ? records.get(keyOf(req, path, of)) : undefined;
  }

  return {
    async keep(req, path, content, of) {
      if (req.session.form !== true) throw new Error('the browser has been shown no form');
      const sealed = sealerOf(req).seal(path, content);
      await records.put(keyOf(req, path, of), { sealed }, now() + LIFETIME_MS);
    },
    async look(req, path, of) {
      const sealed = (await read(req, path, of))?.value.sealed;
      return sealed === undefined ? undefined : opened(req, path, sealed);
    },
    async take(req, path) {
      const kept = await read(req, path);
      if (kept === undefined) return undefined;
      const { sealed } = kept.value;
      if (sealed === undefined) return 'shown';
      const taken = await records.put(keyOf(req, path), {}, kept.expiresAt, { replacing: kept });
      return taken === undefined ? 'shown' : { content: sealerOf(req).open(path, sealed).text };
    },
  };
}

/** undefined: it is another browser's. */
function opened(req: Request, path: string, sealed: string): string | undefined {
  try {
    return sealerOf(req).open(path, sealed).text;
  } catch (error) {
    if (error instanceof SealedValueError) return undefined;
    throw error;
  }
}

/** By a key that is nowhere in the store: 192 random bits of the session's id go into it (RFC 5869). */
function sealerOf({ sessionID }: Request): Sealer {
  const current = Buffer.from(hkdfSync('sha256', sessionID, '', 'kept for this browser', 32));
  return createSealer({ current, previous: [] });
}
