import { createHash } from 'node:crypto';

/** A page of the loopback listener. It never shows a code, a token or a claim that the user did not just type. */
export interface Page {
  readonly status: number;
  readonly title: string;
  readonly text: string;
}

export const signedInPage: Page = {
  status: 200,
  title: 'Signed in',
  text: 'You can close this window and go back to your terminal.',
};

export function failedPage(text: string, status = 400): Page {
  return { status, title: 'Sign-in failed', text };
}

const style = [
  ':root{color-scheme:light dark;font:1.125rem/1.5 system-ui,sans-serif}',
  'main{max-width:36rem;margin:15vh auto;padding:0 1rem;overflow-wrap:anywhere}',
].join('');
const styleHash = createHash('sha256').update(style).digest('base64');

/** Nothing to load, nothing to run, nowhere to send a form, no frame, no referrer with the code in it. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
};

export function renderPage({ title, text }: Page): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)} – Sallyport</title><style>${style}</style></head>`,
    `<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></main></body>`,
    '</html>',
    '',
  ].join('\n');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
