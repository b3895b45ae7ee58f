import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Router } from 'express';
import {
  accentStyles,
  copyScriptUrl,
  iconUrl,
  passkeyScriptUrl,
  stylesheetUrls,
} from '../../../views/index.ts';

export interface Assets {
  readonly router: Router;
  /** Paths of the style sheets below `/static`, with their versions. */
  readonly stylesheets: readonly string[];
  /** The same of the scripts. */
  readonly scripts: Readonly<Record<'passkeys' | 'copy', string>>;
}

/**
 * The pages' own files, read once. Their address changes with their content, so browsers may keep them for good.
 * @param accentColor `#rrggbb`, in place of the built-in one
 */
export function createAssets(accentColor?: string): Assets {
  const accent = accentColor === undefined ? '' : accentStyles(accentColor);
  const files = {
    'styles.css': ['text/css', Buffer.concat(stylesheetUrls.map((url) => readFileSync(url)))],
    ...(accent === '' ? {} : { 'accent.css': ['text/css', Buffer.from(accent)] as const }),
    'passkeys.js': ['text/javascript', readFileSync(passkeyScriptUrl)],
    'copy.js': ['text/javascript', readFileSync(copyScriptUrl)],
    'icon.svg': ['image/svg+xml', readFileSync(iconUrl)],
  } as const;
  const router = Router({ caseSensitive: true });
  const versioned: Record<string, string> = {};
  for (const [name, [type, content]] of Object.entries(files)) {
    const version = createHash('sha256').update(content).digest('base64url').slice(0, 12);
    versioned[name] = `${name}?v=${version}`;
    router.get(`/${name}`, (req, res) => {
      const current = req.query['v'] === version;
      res.setHeader('Cache-Control', current ? 'public, max-age=31536000, immutable' : 'public, max-age=300');
      res.type(type).send(content);
    });
  }
  return {
    router,
    stylesheets: Object.keys(versioned)
      .filter((name) => name.endsWith('.css'))
      .map((name) => versioned[name] ?? ''),
    scripts: { passkeys: versioned['passkeys.js'] ?? '', copy: versioned['copy.js'] ?? '' },
  };
}
