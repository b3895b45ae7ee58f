import { type Content, type Html, html } from './html.ts';
import { languageSwitch } from './language-switch.ts';
import { fill, type Locale } from './locales/index.ts';
import { navigation, type Section } from './navigation.ts';

/** What every page of one installation shares. */
export interface Site {
  /** Name shown in the header and in titles. */
  readonly name: string;
  /** Path prefix of the issuer, without a trailing slash; empty at the root. */
  readonly base: string;
  /** The host people should see in their address bar. */
  readonly host: string;
  /** URLs of the style sheets. */
  readonly stylesheets: readonly string[];
  /** URLs of the scripts: what passkeys need, what copies for people, what shows them the password they type. */
  readonly scripts: Readonly<Record<'passkeys' | 'copy' | 'passwords', string>>;
  readonly theme: 'light' | 'dark' | 'auto';
  readonly logoUrl?: string;
  /** Where people get help. */
  readonly supportUrl?: string | undefined;
  /** What the operator says on the sign-in page, by language; `en` for those that have none. */
  readonly notice?: Readonly<Record<string, string>> | undefined;
  /** The parts of the portal that there are here. */
  readonly sections: ReadonlySet<Section>;
}

export interface Page {
  readonly site: Site;
  readonly locale: Locale;
  /** Path and query where the page can be looked at again; undefined for one that is shown once. */
  readonly here?: string | undefined;
}

export interface LayoutOptions {
  readonly title: string;
  /** Shows the title as that of a page with an error on it (WCAG 2.4.2, 3.3.1). */
  readonly error?: boolean;
  /** Sends the browser on at once (WCAG technique H76). */
  readonly refreshTo?: string;
  readonly content: Content;
  /** A page of the portal, for somebody who is signed in: it has the navigation, and the room of a wide screen. */
  readonly section?: Section;
  /** The scripts on the page, whose answer must allow the site's own scripts. */
  readonly scripts?: readonly (keyof Site['scripts'])[];
}

/** Two arches, one behind the other: the double door. */
const mark = html`<svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false"><path class="mark-outer" d="M3 29V15a13 13 0 0 1 26 0v14z"/><path class="mark-inner" d="M9 29V16a7 7 0 0 1 14 0v13z"/><path class="mark-door" d="M13.5 29V17a2.5 2.5 0 0 1 5 0v12z"/></svg>`;

/** The frame around every page: head, header, main, footer. */
export function layout(page: Page, options: LayoutOptions): Html {
  const { site, locale } = page;
  const { lang, t } = locale;
  const { section } = options;
  const title = `${options.error === true ? `${t.errorPrefix}: ` : ''}${options.title} – ${site.name}`;
  return html`<!doctype html>
<html lang="${lang}" dir="${t.dir}"${site.theme === 'auto' ? '' : html` data-theme="${site.theme}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${site.theme === 'auto' ? 'light dark' : site.theme}">
<meta name="robots" content="noindex">
${options.refreshTo !== undefined && html`<meta http-equiv="refresh" content="0;url=${options.refreshTo}">\n`}<title>${title}</title>
${site.stylesheets.map((url) => html`<link rel="stylesheet" href="${url}">\n`)}<link rel="icon" href="${site.base}/static/icon.svg" type="image/svg+xml">${options.scripts?.map(
    (script) => html`
<script type="module" src="${site.scripts[script]}"></script>`,
  )}
</head>
<body${section !== undefined && html` class="portal"`}>
${section !== undefined && html`<a class="skip" href="#content">${t.skipToContent}</a>\n`}<header><a class="brand" href="${site.base}/">${site.logoUrl === undefined ? mark : html`<img class="logo" src="${site.logoUrl}" alt="" height="28">`}<span>${site.name}</span></a>
${section !== undefined && navigation(locale, { ...site, current: section })}</header>
<main id="content">${options.content}</main>
<footer><p>${fill(t.youAreAt, { host: html`<bdi>${site.host}</bdi>` })}</p><p>${site.supportUrl !== undefined && html`<a href="${site.supportUrl}">${t.helpLink}</a> `}${section === undefined && html`<a href="${site.base}/">${t.homeLink}</a>`}</p>${languageSwitch(page)}</footer>
</body>
</html>
`;
}
