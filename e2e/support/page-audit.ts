import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

/** Given to the page by the debugger, as no Content-Security-Policy would let the page itself have it. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeViolation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe has against the page as it is shown now, in words. @param rules only these; all of WCAG 2.2 AA if left out */
export async function violations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(AXE);
  const runOnly = rules === undefined ? TAGS : { type: 'rule', values: rules };
  const found = await page.evaluate(
    `axe.run({ runOnly: ${JSON.stringify(runOnly)}, resultTypes: ['violations'] }).then((done) => done.violations)`,
  );
  return (found as readonly AxeViolation[]).flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id} (${impact}): ${html}\n${failureSummary}`),
  );
}

/** What complains of broken policies, failed scripts and files that are not there, gathered from now on. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'error' && !/Content.Security.Policy|violates/i.test(message.text())) return;
    // The answer's own status, where a page is meant to say that something went wrong.
    if (/status of 4\d\d/.test(message.text()) && message.location().url === page.url()) return;
    complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}

/** How far the page is wider than the window, in CSS pixels. */
export async function overflow(page: Page): Promise<number> {
  return Number(
    await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
  );
}

export interface Stop {
  readonly name: string;
  /** Whether the focus can be seen on it: an outline, and nothing over it. */
  readonly visible: boolean;
}

/** Notes what gets the focus from now on. */
const LISTEN = `(() => {
  globalThis.stops = [];
  const seen = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const over = document.elementFromPoint(left + width / 2, top + Math.min(height / 2, innerHeight / 2));
    return {
      name: (element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent).trim().slice(0, 60),
      visible: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && (over === null || element.contains(over) || over.contains(element)),
    };
  };
  let first;
  const note = ({ target }) => {
    if (target === first) {
      removeEventListener('focusin', note);
      stops.push(undefined);
    } else {
      first ??= target;
      stops.push(seen(target));
    }
  };
  addEventListener('focusin', note);
})()`;

/** After so many presses it is looked whether the end has come: each look takes as long as a press. */
const AT_ONCE = 10;

/** Everything that the Tab key stops at, in order, from the top of the page. */
export async function tabStops(page: Page): Promise<readonly Stop[]> {
  await page.evaluate('scrollTo(0, 0)');
  // A browser goes on from where somebody has clicked last.
  await page.mouse.click(1, 1);
  await page.evaluate(LISTEN);
  for (let pressed = 0; pressed < 200; pressed += AT_ONCE) {
    for (let more = 0; more < AT_ONCE; more++) await page.keyboard.press('Tab');
    const stops = (await page.evaluate('stops')) as readonly (Stop | undefined)[];
    // From the end it goes on to the first.
    const end = stops.indexOf(undefined);
    if (end >= 0) return stops.slice(0, end) as readonly Stop[];
  }
  throw new Error('the focus never comes to the end of the page');
}

const OPERABLE = `[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter((element) => element.checkVisibility() && !element.closest('details:not([open]) > :not(summary)')).length`;

/** How many links, fields and buttons can be seen. */
export async function operable(page: Page): Promise<number> {
  return Number(await page.evaluate(OPERABLE));
}
