import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, html, toText } from '../../views/index.ts';

describe('the html tag', () => {
  it('escapes text, passes markup of its own, joins lists and leaves out what is nothing', () => {
    const inner = html`<b>${'<i>'}</b>`;
    const page = html`<p title="${`"'&`}">${inner}${[inner, 'a<', 7]}${undefined}${null}${false}</p>`;
    expect(toText(page)).toBe('<p title="&quot;&#39;&amp;"><b>&lt;i&gt;</b><b>&lt;i&gt;</b>a&lt;7</p>');
  });

  it('takes nothing for markup that only looks like it', () => {
    const forged = JSON.parse('{"markup":"<script>"}') as never;
    expect(() => toText(html`${forged}`)).toThrow();
  });

  it('lets no text open or close a tag, an attribute or an entity', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', ';', '#') }), (text) => {
        const out = escapeHtml(text);
        expect(out).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
        const back = out
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&quot;', '"')
          .replaceAll('&#39;', "'")
          .replaceAll('&amp;', '&');
        expect(back).toBe(text);
      }),
    );
  });
});
