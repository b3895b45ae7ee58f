import type { Page } from 'playwright-core';
import { operable, overflow, tabStops, violations } from '../support/page-audit.ts';
import type { Row, Walk } from './walk.ts';

/** Looks at pages as they are shown, in every way that they can be. */
export interface Auditor {
  /** The `autocomplete` of all fields so far. */
  readonly tokens: ReadonlySet<string>;
  /** What is not well about the page that is shown now, in words. */
  audit(row: Row): Promise<readonly string[]>;
}

interface Seen {
  readonly title: string;
  readonly lang: string;
  readonly headings: readonly string[];
  readonly scripts: number;
  /** Whether what is wrong has the focus. */
  readonly hasFocus: boolean;
  /** Of each field that is typed into: its id and what a browser may fill in. */
  readonly fields: readonly (readonly [id: string, autocomplete: string | null])[];
}

const LOOK = `(() => ({
  title: document.title,
  lang: document.documentElement.lang,
  headings: [...document.querySelectorAll('h1')].map((one) => one.textContent),
  scripts: document.scripts.length,
  hasFocus: document.activeElement.matches('[role=alert], [aria-invalid=true]'),
  fields: [...document.querySelectorAll('input[type=text], input[type=password]')].map((one) => [one.id, one.getAttribute('autocomplete')]),
}))()`;

/** What the fields are that are about the person (WCAG 1.3.5); all others are nobody's to fill in. */
const TOKENS: Readonly<Record<string, readonly string[]>> = {
  username: ['username', 'username webauthn'],
  password: ['current-password'],
  'new-password': ['new-password'],
  again: ['new-password'],
  code: ['one-time-code'],
};

const ERROR = { en: 'Error: ', sv: 'Fel: ' };

/** @param shotOf where a picture of this name goes; undefined: nowhere */
export async function createAuditor(
  page: Page,
  lang: Walk['lang'],
  shotOf: (name: string) => string | undefined,
): Promise<Auditor> {
  let wrong: string[] = [];
  const tokens = new Set<string>();
  const headingOf = new Map<string, string>();
  const session = await page.context().newCDPSession(page);
  const scripting = (enabled: boolean) =>
    session.send('Emulation.setScriptExecutionDisabled', { value: !enabled });

  function judge({ name, error, script }: Row, seen: Seen): void {
    const complain = (what: string) => wrong.push(`${name}: ${what}`);
    if (seen.lang !== lang) complain(`in ${seen.lang}`);
    const [heading = ''] = seen.headings;
    if (seen.headings.length !== 1) complain(`${seen.headings.length} headings of the first level`);
    if (seen.title.startsWith(ERROR[lang]) !== (error !== undefined)) complain(`called ${seen.title}`);
    const title = seen.title.replace(ERROR[lang], '');
    if ((headingOf.get(title) ?? heading) !== heading)
      complain(`called ${title}, like ${headingOf.get(title)}`);
    headingOf.set(title, heading);
    if (error === 'form' && !seen.hasFocus) complain('what is wrong has no focus');
    if (script === undefined && seen.scripts > 0) complain('has a script');
    for (const [id, token] of seen.fields) {
      if (!(TOKENS[id] ?? ['off']).includes(token ?? '')) complain(`field ${id} is for ${token}`);
      else tokens.add(token ?? '');
    }
  }

  async function shoot(name: string): Promise<void> {
    if (shotOf(name) === undefined) return;
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [320, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        const path = shotOf(`${name}-${lang}-${colorScheme}-${width}`);
        await page.screenshot({ fullPage: true, ...(path === undefined ? {} : { path }) });
      }
  }

  /** All rules in one theme, in the other those that a theme can spoil. */
  async function look(name: string): Promise<void> {
    await shoot(name);
    const find = async (colorScheme: 'light' | 'dark', width: number, rules?: readonly string[]) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      if ((await overflow(page)) > 0) wrong.push(`${name}: wider than ${width} px`);
      for (const found of await violations(page, rules)) wrong.push(`${name}, ${colorScheme}: ${found}`);
    };
    await find('dark', 320, ['color-contrast', 'target-size']);
    await find('light', 1440);
  }

  async function walkByKeyboard(name: string): Promise<void> {
    const stops = await tabStops(page);
    const unseen = stops.filter(({ visible }) => !visible).map((stop) => stop.name);
    if (unseen.length > 0) wrong.push(`${name}: no focus to be seen on ${unseen.join(', ')}`);
    if (stops.length < (await operable(page))) wrong.push(`${name}: not all is reached by keyboard`);
  }

  return {
    tokens,
    async audit(row) {
      wrong = [];
      judge(row, (await page.evaluate(LOOK)) as Seen);
      await look(row.name);
      if (lang === 'en') await walkByKeyboard(row.name);
      if (row.script === undefined) return wrong;
      // What has no script is the same without. Of what has one, the page is made without, and looked at as ever.
      await scripting(false);
      await page.reload();
      await scripting(true);
      await look(`${row.name}-without-script`);
      return wrong;
    },
  };
}
