import { existsSync } from 'node:fs';

/** Starts a browser on the URL; resolves to false when none could be started. */
export type OpenBrowser = (url: string) => Promise<boolean>;

export interface BrowserDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/**
 * The user's browser: `command` (from --browser-command), else BROWSER, else the desktop's opener. Undefined when this
 * machine has none to offer, as in a remote shell.
 */
export function systemBrowser({ env, platform }: BrowserDeps, command?: string): OpenBrowser | undefined {
  const commandLines = browserCommands({ env, platform }, command);
  if (commandLines.length === 0) return undefined;
  return async (url) => {
    for (const commandLine of commandLines) {
      if (await start(commandLine, url, env)) return true;
    }
    return false;
  };
}

function browserCommands(
  { env, platform }: BrowserDeps,
  command: string | undefined,
): readonly (readonly string[])[] {
  if (command !== undefined) return [words(command)];
  const wanted = env['BROWSER'];
  if (wanted !== undefined && wanted !== '') {
    // A list, as xdg-open and Python's webbrowser read it; a drive letter's colon is not a separator.
    return (platform === 'win32' ? [wanted] : wanted.split(':'))
      .filter((entry) => entry.trim() !== '')
      .map(words);
  }
  // The desktop is Windows', and reaches this machine's ports.
  if (env['WSL_DISTRO_NAME'] || env['WSL_INTEROP']) return [['wslview'], ['explorer.exe'], ['xdg-open']];
  if (platform === 'darwin') return [['open']];
  // `start` is a word of cmd.exe, which would give `&` in a URL a meaning; this is what it ends up calling.
  if (platform === 'win32') return [['rundll32', 'url.dll,FileProtocolHandler']];
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? [['xdg-open']] : [];
}

/** Program and arguments; a path with spaces is recognised by being there. */
function words(commandLine: string): readonly string[] {
  return existsSync(commandLine) ? [commandLine] : commandLine.trim().split(/\s+/);
}

/**
 * No shell is involved, and `new URL` has percent-encoded whatever the issuer sent: the URL starts with its scheme and
 * has no spaces, so it cannot become an option or a second argument.
 */
async function start(
  [program = '', ...rest]: readonly string[],
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const target = new URL(url).href;
  const placed = rest.map((word) => word.replaceAll('%s', () => target));
  const args = rest.some((word) => word.includes('%s')) ? placed : [...placed, target];
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    // Nothing of the browser may reach our standard output: kubectl parses it.
    const child = spawn(program, args, {
      detached: true,
      stdio: 'ignore',
      env,
      shell: false,
      windowsHide: true,
    });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
