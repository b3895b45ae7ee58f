import { operable, overflow, tabStops, violations } from '../support/page-audit.ts';
import { createForger, type FormSeen } from './forger.ts';
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
  /** Whether something in it looks like a JWT: no page has a token of anybody, and none can be taken from it. */
  readonly hasToken: boolean;
  readonly forms: readonly FormSeen[];
  /** Of each field that is typed into: its id and what a browser may fill in. */
  readonly fields: readonly (readonly [id: string, autocomplete: string | null])[];
}

const LOOK = `(() => ({
  title: document.title,
  lang: document.documentElement.lang,
  headings: [...document.querySelectorAll('h1')].map((one) => one.textContent),
  scripts: document.scripts.length,
  hasToken: /eyJ[\\w-]{10,}\\.eyJ[\\w-]+\\./.test(document.documentElement.outerHTML),
  forms: [...document.querySelectorAll('form[method=post]')].map((one) => ({ action: one.action, fields: Object.fromEntries(new FormData(one)) })),
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

/** As much as people may want between letters, words and lines (WCAG 1.4.12). */
const SPACED = 'letter-spacing: 0.12em; word-spacing: 0.16em; line-height: 1.5';

/** A page with more to stop at is one of which a smaller one is walked through. */
const MOST_STOPS = 150;

const ERROR = { en: 'Error: ', sv: 'Fel: ' };

/** @param shotOf where a picture of this name goes; undefined: nowhere */
export function createAuditor(
  { page, devtools, lang }: Pick<Walk, 'page' | 'devtools' | 'lang'>,
  shotOf: (name: string) => string | undefined,
): Auditor {
  let wrong: string[] = [];
  const tokens = new Set<string>();
  const headingOf = new Map<string, string>();
  const forger = createForger(page);
  const scripting = (enabled: boolean) =>
    devtools.send('Emulation.setScriptExecutionDisabled', { value: !enabled });

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
    if (script === undefined && seen.scripts > 0) complain('has a script');
    if (seen.hasToken) complain('shows a token');
    for (const [id, token] of seen.fields) {
      if (!(TOKENS[id] ?? ['off']).includes(token ?? '')) complain(`field ${id} is for ${token}`);
      else tokens.add(token ?? '');
    }
  }

  /** Whether what is wrong has the focus, which a browser gives after the page is there. */
  function getsFocus(): Promise<boolean> {
    const focused = page.locator('[role=alert]:focus, [aria-invalid=true]:focus').first();
    return focused.waitFor({ timeout: 5_000 }).then(
      () => true,
      () => false,
    );
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

  async function measure(name: string): Promise<void> {
    await page.setViewportSize({ width: 1440, height: 900 });
    if ((await overflow(page)) > 0) wrong.push(`${name}: wider than 1440 px`);
    await page.setViewportSize({ width: 320, height: 900 });
    if ((await overflow(page)) > 0) wrong.push(`${name}: wider than 320 px`);
    await page.evaluate(`document.documentElement.style.cssText = '${SPACED}'`);
    if ((await overflow(page)) > 0) wrong.push(`${name}: wider than 320 px with the text spaced`);
    await page.evaluate('document.documentElement.style.cssText = ""');
  }

  async function find(name: string, colorScheme: 'light' | 'dark', width: number, rules?: readonly string[]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    for (const found of await violations(page, rules)) wrong.push(`${name}, ${colorScheme}: ${found}`);
  }

  /** By all rules in both themes, narrow and wide, in one language; in the other by those that longer words can spoil. */
  async function judgeByRules(name: string): Promise<void> {
    if (lang !== 'en') return find(name, 'dark', 320, ['color-contrast', 'target-size']);
    await find(name, 'dark', 320);
    await find(name, 'light', 1440);
  }

  async function walkByKeyboard(name: string): Promise<void> {
    if ((await operable(page)) > MOST_STOPS) return;
    const stops = await tabStops(page);
    const unseen = stops.filter(({ visible }) => !visible).map((stop) => stop.name);
    if (unseen.length > 0) wrong.push(`${name}: no focus to be seen on ${unseen.join(', ')}`);
    if (stops.length < (await operable(page))) wrong.push(`${name}: not all is reached by keyboard`);
  }

  return {
    tokens,
    async audit(row) {
      wrong = [];
      const seen = (await page.evaluate(LOOK)) as Seen;
      judge(row, seen);
      if (row.error === 'form' && !(await getsFocus())) wrong.push(`${row.name}: what is wrong has no focus`);
      wrong.push(...(await forger.taken(seen.forms)));
      await shoot(row.name);
      await measure(row.name);
      await judgeByRules(row.name);
      if (lang === 'en') await walkByKeyboard(row.name);
      if (row.script === undefined) return wrong;
      // What has no script is the same without. Of what has one, the page is made without, and looked at as ever.
      const name = `${row.name}-without-script`;
      await scripting(false);
      await page.reload();
      await shoot(name);
      await measure(name);
      // The rules themselves are a script.
      await scripting(true);
      if (lang === 'en') await find(name, 'dark', 320);
      return wrong;
    },
  };
}
