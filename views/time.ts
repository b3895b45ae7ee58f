import { type Html, html } from './html.ts';

/** A moment to the minute, the same in every time zone. @param at milliseconds since the epoch */
export function time(at: number): Html {
  const text = new Date(at).toISOString();
  return html`<time datetime="${text}">${text.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
