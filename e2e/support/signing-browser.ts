import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { signInPlainly } from './sign-in-plainly.ts';

/** A program for $BROWSER whose person signs in, without the weight of Chromium. */
export interface SigningBrowser {
  readonly program: string;
  /** Every address that it was started with. */
  readonly visits: string[];
  close(): void;
}

/** `directory`: where the program is written. `username`: who signs in; a new browser, without cookies, each time. */
export async function openSigningBrowser(directory: string, username: string): Promise<SigningBrowser> {
  const visits: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams.get('url') ?? '';
    visits.push(url);
    response.end();
    // What goes wrong here, the login that waits for it tells.
    void signInPlainly(url, username)
      .then(fetch)
      .catch(() => {});
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const program = join(directory, 'browser.mjs');
  const desk = JSON.stringify(`http://127.0.0.1:${port}/?url=`);
  await writeFile(
    program,
    `#!${process.execPath}\nawait fetch(${desk} + encodeURIComponent(process.argv[2]));\n`,
    { mode: 0o755 },
  );
  return {
    program,
    visits,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
