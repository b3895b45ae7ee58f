import { type Browser, chromium } from 'playwright-core';
import { inject } from 'vitest';

/** Nothing that a browser does by itself (updates, sync, experiments) may disturb a test or call out. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** @param more arguments of this one browser */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: inject('chromium'), args: [...ARGS, ...more] });
}
