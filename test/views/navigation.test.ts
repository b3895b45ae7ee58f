import { describe, expect, it } from 'vitest';
import { html, layout, type Page, pickLocale, type Section, toText } from '../../views/index.ts';

const page = (sections: readonly Section[], lang = 'en'): Page => ({
  locale: pickLocale(lang, undefined),
  site: {
    name: 'Sallyport',
    base: '/dex',
    host: 'example.com',
    stylesheets: ['/dex/static/styles.css'],
    scripts: {
      passkeys: '/dex/static/passkeys.js',
      copy: '/dex/static/copy.js',
      passwords: '/dex/static/passwords.js',
    },
    theme: 'auto',
    sections: new Set(sections),
  },
});
const frame = (of: Page, section?: Section) =>
  toText(layout(of, { title: 'Title', content: html`<h1>Title</h1>`, ...(section && { section }) }));
const links = (text: string) => [...text.matchAll(/<li[^>]*><a href="([^"]+)"/g)].map(([, href]) => href);

describe('the navigation of the portal', () => {
  it('leads to the parts that there are, in one order, and out', () => {
    expect(links(frame(page(['account', 'access', 'home']), 'access'))).toEqual([
      '/dex/',
      '/dex/access',
      '/dex/account',
      '/dex/logout',
    ]);
  });

  it('says which page this is, in words and to assistive technology, and can be skipped', () => {
    const text = frame(page(['home', 'account'], 'sv'), 'account');
    expect(text.match(/aria-current="page"/g)).toHaveLength(1);
    expect(text).toContain('<a href="/dex/account" aria-current="page">Konto</a>');
    expect(text).toMatch(/<a class="skip" href="#content">[\s\S]*<main id="content">/);
  });

  it('is not on pages that people only pass through', () => {
    expect(frame(page(['home', 'account']))).not.toContain('<nav');
  });
});
