import { type Html, html } from './html.ts';
import type { Locale, Messages } from './locales/index.ts';

/** The parts of the portal, in the order of its navigation, and what each is called. */
const labels = {
  home: 'navHome',
  connect: 'navConnect',
  access: 'navAccess',
  requests: 'navRequests',
  account: 'navAccount',
  admin: 'navAdmin',
} as const satisfies Readonly<Record<string, keyof Messages>>;

export type Section = keyof typeof labels;

const order = Object.keys(labels) as Section[];

export interface NavigationView {
  /** Path prefix of the issuer, without a trailing slash. */
  readonly base: string;
  /** Those that there are here, for this person. */
  readonly sections: ReadonlySet<Section>;
  readonly current: Section;
}

/** The links between the parts of the portal, and the way out. */
export function navigation({ t }: Locale, { base, sections, current }: NavigationView): Html {
  const items = order
    .filter((section) => sections.has(section))
    .map((section) => {
      const path = section === 'home' ? '/' : `/${section}`;
      const here = section === current && html` aria-current="page"`;
      return html`<li><a href="${base}${path}"${here}>${t[labels[section]]}</a></li>`;
    });
  return html`<nav aria-label="${t.navLabel}"><ul>${items}<li class="way-out"><a href="${base}/logout">${t.signOut}</a></li></ul></nav>`;
}
