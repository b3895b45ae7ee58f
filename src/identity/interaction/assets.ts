import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Router } from 'express';
import {
  accentStyles,
  copyScriptUrl,
  iconUrl,
  passkeyScriptUrl,
  passwordScriptUrl,
  stylesheetUrls,
} from '../../../views/index.ts';

export interface Assets {
  readonly router: Router;
  /** Paths of the style sheets below `/static`, with their versions. */
  stylesheets(): readonly string[];
  /** The same of the scripts. */
  readonly scripts: Readonly<Record<'passkeys' | 'copy' | 'passwords', string>>;
  /** @param accentColor `#rrggbb`, in place of the built-in one */
  replaceAccent(accentColor: string | undefined): void;
}

interface File {
  readonly type: string;
  readonly content: Buffer;
  readonly version: string;
}

/**
 * The pages' own files, read once. Their address changes with their content, so browsers may keep them for good.
 * @param accentColor `#rrggbb`, in place of the built-in one
 */
export function createAssets(accentColor?: string): Assets {
  const files = new Map<string, File>([
    ['styles.css', file('text/css', Buffer.concat(stylesheetUrls.map((url) => readFileSync(url))))],
    ['passkeys.js', file('text/javascript', readFileSync(passkeyScriptUrl))],
    ['passwords.js', file('text/javascript', readFileSync(passwordScriptUrl))],
    ['copy.js', file('text/javascript', readFileSync(copyScriptUrl))],
    ['icon.svg', file('image/svg+xml', readFileSync(iconUrl))],
  ]);

  function replaceAccent(color: string | undefined): void {
    if (color === undefined) files.delete(accentSheet);
    else files.set(accentSheet, file('text/css', Buffer.from(accentStyles(color))));
  }

  const versioned = (name: string) => `${name}?v=${files.get(name)?.version}`;
  replaceAccent(accentColor);
  const router = Router({ caseSensitive: true });
  router.get('/:name', (req, res, next) => {
    const found = files.get(req.params.name);
    if (found === undefined) return next();
    const current = req.query['v'] === found.version;
    res.setHeader('Cache-Control', current ? 'public, max-age=31536000, immutable' : 'public, max-age=300');
    res.type(found.type).send(found.content);
  });
  return {
    router,
    stylesheets: () => [...files.keys()].filter((name) => name.endsWith('.css')).map(versioned),
    scripts: {
      passkeys: versioned('passkeys.js'),
      copy: versioned('copy.js'),
      passwords: versioned('passwords.js'),
    },
    replaceAccent,
  };
}

/** After the other one, whose colours it replaces. */
const accentSheet = 'accent.css';

function file(type: string, content: Buffer): File {
  return { type, content, version: createHash('sha256').update(content).digest('base64url').slice(0, 12) };
}
