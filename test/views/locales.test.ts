import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Messages, pickLocale, supportedLocales } from '../../views/index.ts';

const catalogue = (lang: string): Messages => pickLocale(lang, undefined).t;
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

describe('catalogues', () => {
  const english = catalogue('en');
  it.each(supportedLocales.filter((lang) => lang !== 'en'))(
    '%s has the English keys and placeholders, and no markup',
    (lang) => {
      const other = catalogue(lang);
      expect(Object.keys(other).sort()).toEqual(Object.keys(english).sort());
      for (const key of Object.keys(english) as (keyof Messages)[]) {
        expect(placeholders(other[key]), key).toEqual(placeholders(english[key]));
        expect(other[key], key).not.toMatch(/[<>]/);
        expect(other[key].trim(), key).not.toBe('');
      }
    },
  );
});

describe('the texts', () => {
  const catalogues = supportedLocales.map((lang) => `locales/${lang}.ts`);
  const places = ['../../views', '../../src/identity', '../../src/portal'];
  const sources = places
    .flatMap((place) => {
      const directory = new URL(`${place}/`, import.meta.url);
      return readdirSync(directory, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !catalogues.includes(file))
        .map((file) => readFileSync(new URL(file, directory), 'utf8'));
    })
    .join('\n');
  const words = new Set(sources.match(/\w+/g));

  it('are all said somewhere', () => {
    expect(Object.keys(catalogue('en')).filter((key) => !words.has(key))).toEqual([]);
  });

  it.each(supportedLocales.filter((lang) => lang !== 'en'))(
    'are in %s what they are, not English',
    (lang) => {
      const [english, other] = [catalogue('en'), catalogue(lang)];
      const keys = Object.keys(english) as (keyof Messages)[];
      const same = keys.filter((key) => /\w+ \w+/.test(english[key]) && english[key] === other[key]);
      expect(same).toEqual([]);
    },
  );

  it.each(supportedLocales)(
    'have no plain hyphens for dashes, straight quotes or three dots in %s',
    (lang) => {
      for (const text of Object.values(catalogue(lang))) expect(text).not.toMatch(/ - |"|\w'\w|\.\.\./);
    },
  );
});

describe('the language of a page', () => {
  it.each<[string | undefined, string | undefined, string]>([
    [undefined, undefined, 'en'],
    [undefined, 'sv', 'sv'],
    [undefined, 'sv-SE,sv;q=0.9,en;q=0.8', 'sv'],
    [undefined, 'en;q=0.5, sv;q=0.9', 'sv'],
    [undefined, 'sv;q=0, en', 'en'],
    [undefined, 'xx, sv;q=0.1', 'sv'],
    [undefined, 'xx', 'en'],
    [undefined, '*', 'en'],
    ['sv', 'en', 'sv'],
    ['xx sv en', 'en', 'sv'],
    ['SV-FI', undefined, 'sv'],
    ['__proto__ constructor', undefined, 'en'],
    ['xx', 'sv', 'sv'],
  ])('ui_locales %j, Accept-Language %j: %s', (uiLocales, header, lang) => {
    expect(pickLocale(uiLocales, header).lang).toBe(lang);
  });
});
