import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, themeAccent } from '../../views/accent.ts';
import { accentStyles, stylesheetUrls } from '../../views/index.ts';

const sheet = stylesheetUrls.map((url) => readFileSync(url, 'utf8')).join('');
const token = (name: string) => {
  const [, light = '', dark = ''] =
    new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(sheet) ?? [];
  return { light, dark };
};
const color = fc
  .tuple(fc.nat(255), fc.nat(255), fc.nat(255))
  .map((parts) => `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`);

describe("an operator's accent colour", () => {
  it('measures contrast as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBe(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  it('can be read on every ground of both themes, whatever it is', () => {
    fc.assert(
      fc.property(color, fc.constantFrom('light', 'dark'), (chosen, theme) => {
        const { accent, tint, onAccent } = themeAccent(chosen, theme);
        const grounds = ['surface', 'ground', 'ground-2'].map((name) => token(name)[theme]);
        for (const ground of [...grounds, tint, onAccent])
          expect(contrast(accent, ground)).toBeGreaterThanOrEqual(4.5);
        // Ordinary text stands on the tint, too.
        for (const text of ['text', 'muted'])
          expect(contrast(token(text)[theme], tint)).toBeGreaterThanOrEqual(4.5);
      }),
      { numRuns: 200 },
    );
  });

  it('is the chosen one where that can be read', () => {
    expect(themeAccent('#0f5f6b', 'light').accent).toBe('#0f5f6b');
    expect(accentStyles('#0f5f6b')).toContain('--accent: light-dark(#0f5f6b, ');
  });
});
