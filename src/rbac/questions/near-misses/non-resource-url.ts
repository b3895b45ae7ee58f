import type { Finder } from './near-miss.ts';
import { ownRuleFinding } from './own-rule.ts';
import { word } from './wording.ts';

/** A rule for a URL that reads as if it covered the path: `/x/*` for `/x`, `/x` for `/x/y`, `/a/*`, inner stars. */
export const findNonResourceUrl: Finder = function* (denial) {
  const { attributes } = denial;
  const { path } = attributes;
  for (const near of denial.nearRules().path) {
    for (const url of near.rule.nonResourceURLs) {
      const lacks = misreading(url, path);
      if (lacks === undefined) continue;
      yield ownRuleFinding(near, attributes, lacks, `Add ${word(path)} to the rule's nonResourceURLs.`);
      break;
    }
  }
};

function misreading(url: string, path: string): string | undefined {
  const [ruleUrl, asked] = [word(url), word(path)];
  if (url === `${path}/*`)
    return `has the URL ${ruleUrl}, which covers what is below ${asked}, not ${asked} itself`;
  if (path !== '' && url === `${path}/`)
    return `has the URL ${ruleUrl}, which is not ${asked}: the slash counts`;
  if (url === '') return undefined;
  if (path === `${url}/`) return `has the URL ${ruleUrl}, which is not ${asked}: the slash counts`;
  if (path.startsWith(url.endsWith('/') ? url : `${url}/`)) {
    return `has the URL ${ruleUrl}, which covers itself only, not ${asked} below it`;
  }
  if (url.toLowerCase() === path.toLowerCase())
    return `has the URL ${ruleUrl}, which is not ${asked}: case matters`;
  return coversAsGlob(url, path)
    ? `has the URL ${ruleUrl}, which does not cover ${asked}: * counts at the end only`
    : undefined;
}

function coversAsGlob(url: string, path: string): boolean {
  const [wanted, given] = [url.split('/'), path.split('/')];
  return (
    wanted.length === given.length && wanted.every((part, index) => part === '*' || part === given[index])
  );
}
