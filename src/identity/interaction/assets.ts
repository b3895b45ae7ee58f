import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Router } from 'express';
import { iconUrl, passkeyScriptUrl, stylesheetUrl } from '../../../views/index.ts';

export interface Assets {
  readonly router: Router;
  /** Path of the style sheet below `/static`, with its version. */
  readonly stylesheet: string;
  /** The same of the script. */
  readonly passkeyScript: string;
}

/** The pages' own files, read once. Their address changes with their content, so browsers may keep them for good. */
export function createAssets(): Assets {
  const files = {
    'styles.css': ['text/css', stylesheetUrl],
    'passkeys.js': ['text/javascript', passkeyScriptUrl],
    'icon.svg': ['image/svg+xml', iconUrl],
  } as const;
  const router = Router({ caseSensitive: true });
  const versioned: Record<string, string> = {};
  for (const [name, [type, url]] of Object.entries(files)) {
    const content = readFileSync(url);
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
    stylesheet: versioned['styles.css'] ?? '',
    passkeyScript: versioned['passkeys.js'] ?? '',
  };
}
