import type { IncomingMessage } from 'node:http';
import { type Page, pickLocale, type Section, type Site } from '../../../views/index.ts';
import { endpointOf } from '../endpoints.ts';
import type { FrontendConfig } from '../identity-deps.ts';
import type { LanguageCookie } from './language.ts';
import { localesOf } from './own-pages.ts';

export interface PageContextDeps {
  readonly issuer: string;
  /** Path prefix of the issuer. */
  readonly base: string;
  /** How pages look: asked for at the start, and whenever it has changed. */
  look(): Look;
  /** Paths below `/static`. */
  readonly scripts: Site['scripts'];
  readonly language: Pick<LanguageCookie, 'read'>;
}

export interface Look extends Pick<FrontendConfig, 'theme' | 'logoURL' | 'supportURL' | 'notice'> {
  readonly name: string;
  /** Paths below `/static`. */
  readonly stylesheets: readonly string[];
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
  /** From now on pages look as it is said now. */
  lookAnew(): void;
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
  let site = siteOf(deps, sections);
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
    lookAnew() {
      site = siteOf(deps, sections);
    },
  };
}

function siteOf({ issuer, base, look, scripts }: PageContextDeps, sections: ReadonlySet<Section>): Site {
  const { name, stylesheets, theme, logoURL, supportURL, notice } = look();
  const under = (file: string) => `${base}/static/${file}`;
  return {
    name,
    base,
    host: new URL(issuer).host,
    stylesheets: stylesheets.map(under),
    scripts: {
      passkeys: under(scripts.passkeys),
      copy: under(scripts.copy),
      passwords: under(scripts.passwords),
    },
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
    sections,
    supportUrl: supportURL,
    notice: typeof notice === 'string' ? { en: notice } : notice,
    ...(logoURL === undefined ? {} : { logoUrl: logoURL }),
  };
}
