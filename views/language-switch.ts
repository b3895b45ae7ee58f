import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import { languages } from './locales/index.ts';

/** Offers every page in the other languages, each by its own name. A form, so that it works without a script. */
export function languageSwitch({ site, locale, here }: Page): Html | false {
  if (here === undefined) return false;
  const choices = languages.map(({ lang, name }) =>
    lang === locale.lang
      ? html`<span aria-current="true">${name}</span>`
      : html`<button type="submit" name="lang" value="${lang}" lang="${lang}">${name}</button>`,
  );
  return html`<form method="post" action="${site.base}/language" class="languages" aria-label="${locale.t.language}"><input type="hidden" name="to" value="${here}">${choices}</form>`;
}
