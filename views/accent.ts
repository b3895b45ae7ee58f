/** The accent that an operator chooses, made legible on both themes. Pure; the tokens that it replaces are in styles.css. */

type Rgb = readonly [red: number, green: number, blue: number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];

/** What a theme's accent must be told from: `--surface`, `--ground` and `--ground-2` of styles.css. */
const themes = {
  light: {
    backgrounds: [parse('#fffefb'), parse('#f3f1ec'), parse('#e7ebe8')],
    towards: BLACK,
    onAccent: WHITE,
  },
  dark: {
    backgrounds: [parse('#182226'), parse('#10171a'), parse('#0c1113')],
    towards: WHITE,
    onAccent: BLACK,
  },
} as const;

/** WCAG 2.2, 1.4.3. */
const LEGIBLE = 4.5;

function parse(hex: string): Rgb {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return [red ?? 0, green ?? 0, blue ?? 0];
}

function print(color: Rgb): string {
  return `#${color.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

function mix([red, green, blue]: Rgb, other: Rgb, share: number): Rgb {
  const at = (own: number, index: 0 | 1 | 2) => Math.round(own + (other[index] - own) * share);
  return [at(red, 0), at(green, 1), at(blue, 2)];
}

/** Relative luminance (WCAG 2.2, glossary). */
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of two colours, `#rrggbb`, from 1 to 21 (WCAG 2.2, glossary). */
export function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(parse(one)), luminance(parse(other))].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

export interface ThemeAccent {
  readonly accent: string;
  /** For hovering, and on the tint. */
  readonly strong: string;
  /** A breath of the accent, behind text. */
  readonly tint: string;
  readonly onAccent: string;
}

/** The nearest to the colour that can be read on everything that the theme puts behind it. */
export function themeAccent(color: string, theme: keyof typeof themes): ThemeAccent {
  const { backgrounds, towards, onAccent } = themes[theme];
  const [surface] = backgrounds;
  for (let share = 0; ; share += 0.02) {
    const accent = mix(parse(color), towards, Math.min(share, 1));
    const tint = mix(surface, accent, 0.1);
    const behind = [...backgrounds, tint, onAccent];
    if (share < 1 && behind.some((other) => contrast(print(accent), print(other)) < LEGIBLE)) continue;
    return {
      accent: print(accent),
      strong: print(mix(accent, towards, 0.25)),
      tint: print(tint),
      onAccent: print(onAccent),
    };
  }
}

/** A style sheet that puts an accent in place of the built-in one. @param color `#rrggbb` */
export function accentStyles(color: string): string {
  const [light, dark] = [themeAccent(color, 'light'), themeAccent(color, 'dark')];
  const token = (name: string, key: keyof ThemeAccent) =>
    `  --${name}: light-dark(${light[key]}, ${dark[key]});\n`;
  return `:root {\n${token('accent', 'accent')}${token('accent-strong', 'strong')}${token('tint', 'tint')}${token('on-accent', 'onAccent')}}\n`;
}
