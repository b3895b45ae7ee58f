import type { IncomingMessage } from 'node:http';
import { type Page, pickLocale, type Section, type Site } from '../../../views/index.ts';
import { endpointOf } from '../endpoints.ts';
import type { LanguageCookie } from './language.ts';
import { localesOf } from './own-pages.ts';

export interface PageContextDeps {
  readonly issuer: string;
  readonly base: string;
  readonly name: string;
  readonly stylesheets: readonly string[];
  readonly scripts: Site['scripts'];
  readonly theme: string | undefined;
  readonly logoUrl: string | undefined;
  readonly supportUrl: string | undefined;
  /** One text, or one for each language. */
  readonly notice: string | Readonly<Record<string, string>> | undefined;
  readonly language: Pick<LanguageCookie, 'read'>;
}

type PageRequest = IncomingMessage & { readonly originalUrl?: string };

/** Longer than any of ours. */
const longestPath = 2048;

/** What a request does not say by itself of the page that answers it. */
export interface PagePlace {
  /** The authorization request's `ui_locales`; those of the page's own address if left out. */
  readonly uiLocales?: unknown;
  /**
   * Path and query where the page can be looked at again, for who changes its language; undefined for one that is shown once. If
   * left out it is the path of the request, when that was a GET.
   */
  readonly at?: string | undefined;
}

export interface PageContext {
  readonly issuer: string;
  readonly base: string;
  /** What a page needs to know of the request. What a person has chosen comes before what an application asks for. */
  page(req: IncomingMessage, place?: PagePlace): Page;
  /** From now on pages lead to this part of the portal, too. */
  addSection(section: Section): void;
  /** The same of the page for this request alone. */
  alsoShow(req: IncomingMessage, section: Section): void;
}

/**
 * The request's own path, where a GET gets a page there each time. Not with its query: what stands there by mistake may be a secret,
 * and the pages that are made here need none of it.
 */
function pathOf({ method, originalUrl, url }: PageRequest, base: string): string | undefined {
  const [path = ''] = (originalUrl ?? url ?? '').split('?', 1);
  if ((method !== 'GET' && method !== 'HEAD') || path.length > longestPath) return undefined;
  const below = path.slice(base.length);
  return endpointOf(below) === undefined || below.startsWith('/logout') ? path : undefined;
}

export function createPageContext(deps: PageContextDeps): PageContext {
  const sections = new Set<Section>(['home', 'account']);
  const further = new WeakMap<IncomingMessage, readonly Section[]>();
  const site: Site = {
    name: deps.name,
    base: deps.base,
    host: new URL(deps.issuer).host,
    stylesheets: deps.stylesheets,
    scripts: deps.scripts,
    theme: deps.theme === 'light' || deps.theme === 'dark' ? deps.theme : 'auto',
    sections,
    supportUrl: deps.supportUrl,
    notice: typeof deps.notice === 'string' ? { en: deps.notice } : deps.notice,
    ...(deps.logoUrl === undefined ? {} : { logoUrl: deps.logoUrl }),
  };
  return {
    issuer: deps.issuer,
    base: deps.base,
    page(req, place = {}) {
      const more = further.get(req) ?? [];
      const shown = more.length === 0 ? site : { ...site, sections: new Set([...sections, ...more]) };
      const wanted = [deps.language.read(req), place.uiLocales ?? localesOf(req.url)];
      return {
        site: shown,
        locale: pickLocale(wanted.filter(Boolean).join(' '), req.headers['accept-language']),
        here: 'at' in place ? place.at : pathOf(req, deps.base),
      };
    },
    alsoShow: (req, section) => void further.set(req, [...(further.get(req) ?? []), section]),
    addSection: (section) => void sections.add(section),
  };
}
