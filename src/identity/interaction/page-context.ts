import type { IncomingMessage } from 'node:http';
import { type Page, pickLocale, type Section, type Site } from '../../../views/index.ts';

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
}

export interface PageContext {
  readonly issuer: string;
  readonly base: string;
  /** What a page needs to know of the request. @param uiLocales the authorization request's `ui_locales` */
  page(req: IncomingMessage, uiLocales?: unknown): Page;
  /** From now on pages lead to this part of the portal, too. */
  addSection(section: Section): void;
  /** The same of the page for this request alone. */
  alsoShow(req: IncomingMessage, section: Section): void;
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
    page(req, uiLocales) {
      const more = further.get(req) ?? [];
      const shown = more.length === 0 ? site : { ...site, sections: new Set([...sections, ...more]) };
      return { site: shown, locale: pickLocale(uiLocales, req.headers['accept-language']) };
    },
    alsoShow: (req, section) => void further.set(req, [...(further.get(req) ?? []), section]),
    addSection: (section) => void sections.add(section),
  };
}
