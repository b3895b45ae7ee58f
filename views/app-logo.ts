import { type Content, html } from './html.ts';

/** An application's picture, above what is asked about it; its name stands in the text. */
export function appLogo(url: string | undefined): Content {
  return url !== undefined && html`<img class="app-logo" src="${url}" alt="" height="48">\n`;
}
