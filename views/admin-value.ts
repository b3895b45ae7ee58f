import { type Content, html } from './html.ts';
import type { Page } from './layout.ts';
import type { Messages } from './locales/index.ts';
import { time } from './time.ts';

export type AdminValueType = 'text' | 'word' | 'flag' | 'list' | 'lines' | 'time';

/** The API's own words for a state or a kind, in the language of the page. */
const WORDS: Readonly<Record<string, keyof Messages>> = {
  Static: 'wordStatic',
  Stored: 'wordStored',
  BuiltIn: 'wordBuiltIn',
  Registered: 'wordRegistered',
  Browser: 'accountBrowser',
  Application: 'accountApplication',
  Published: 'wordPublished',
  Signing: 'wordSigning',
  Retired: 'wordRetired',
  standalone: 'wordStandalone',
  session: 'wordSession',
};

/** What an object says, for people. */
export function adminValue({ locale: { t } }: Page, type: AdminValueType, value: unknown): Content {
  if (type === 'flag') return value === true ? t.yes : t.no;
  if (value === undefined || value === null || value === '') return '–';
  if (Array.isArray(value)) {
    if (value.length === 0) return '–';
    if (type === 'lines')
      return value.map((one) => html`<span class="line"><bdi>${String(one)}</bdi></span>`);
    return value.map((one, at) => html`${at > 0 && ', '}<bdi>${String(one)}</bdi>`);
  }
  if (type === 'time') {
    const at = Date.parse(String(value));
    return Number.isNaN(at) ? String(value) : time(at);
  }
  if (typeof value === 'object') return html`<code>${JSON.stringify(value)}</code>`;
  const word = type === 'word' && Object.hasOwn(WORDS, String(value)) ? WORDS[String(value)] : undefined;
  return word === undefined ? String(value) : t[word];
}
