/**
 * The languages of the pages. A new one is one file beside `en.ts` and its line in `catalogues`.
 */
import { en } from './en.ts';
import type { Messages } from './messages.ts';
import { sv } from './sv.ts';

export { fill, type Messages } from './messages.ts';

export interface Locale {
  /** BCP 47 tag, the value of `<html lang>`. */
  readonly lang: string;
  readonly t: Messages;
}

const catalogues: Readonly<Record<string, Messages>> = { en, sv };

/** The languages there are, for the discovery document's `ui_locales_supported`. */
export const supportedLocales: readonly string[] = Object.keys(catalogues);

/** The same with what each is called in itself. */
export const languages: readonly { readonly lang: string; readonly name: string }[] = Object.entries(
  catalogues,
).map(([lang, { languageName }]) => ({ lang, name: languageName }));

function byPreference(acceptLanguage: string): readonly string[] {
  return acceptLanguage
    .split(',', 20)
    .map((range, index) => {
      const [tag = '', ...parameters] = range.trim().split(';');
      const q = parameters.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find((found) => found !== undefined);
      return { tag, q: q === undefined ? 1 : Number(q), index };
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q || a.index - b.index)
    .map(({ tag }) => tag);
}

/**
 * Chooses the language of a page.
 * @param uiLocales the request's `ui_locales` (space-separated, most wanted first); wins over the header
 * @param acceptLanguage the `Accept-Language` header (RFC 9110 §12.5.4)
 */
export function pickLocale(uiLocales: unknown, acceptLanguage: unknown): Locale {
  const wanted = [
    ...(typeof uiLocales === 'string' ? uiLocales.split(' ', 20) : []),
    ...(typeof acceptLanguage === 'string' ? byPreference(acceptLanguage) : []),
  ];
  for (const tag of wanted) {
    const lang = tag.toLowerCase().split('-')[0] ?? '';
    const t = Object.hasOwn(catalogues, lang) ? catalogues[lang] : undefined;
    if (t !== undefined) return { lang, t };
  }
  return { lang: 'en', t: en };
}
