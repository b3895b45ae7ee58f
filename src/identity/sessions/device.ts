/** Looked for in this order: each later one is also claimed by those before it. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\/|\bEdgiOS\//, 'Edge'],
  [/\bOPR\/|\bOPiOS\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrome\/|\bCriOS\/|\bChromium\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*\bSafari\//, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows NT\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
];

/** Go's and Node.js' names for the systems that programs say they run on. */
const platforms: typeof browsers = [
  [/\blinux\b/, 'Linux'],
  [/\bdarwin\b/, 'macOS'],
  [/\bwin(?:dows|32)\b/, 'Windows'],
];

/** A program's own name, as in `kubelogin/v1.34.0 (linux/amd64)` (RFC 9110 §10.1.5). */
const product = /^([A-Za-z][\w.-]{0,39})(?:\/|\s|$)/;

const longest = 512;

function firstOf(names: typeof browsers, text: string): string | undefined {
  return names.find(([pattern]) => pattern.test(text))?.[1];
}

/**
 * What a person would call the sender of a User-Agent: `Firefox on Linux`, `kubelogin on macOS`. Only words of ours and a
 * program's name get through: the header is the sender's to choose, and what comes of it is shown to people.
 * @returns '' when it says nothing that can be told
 */
export function describeDevice(userAgent: string | undefined): string {
  const text = (userAgent ?? '').slice(0, longest);
  const isBrowser = text.startsWith('Mozilla/');
  const name = isBrowser ? firstOf(browsers, text) : product.exec(text)?.[1];
  const system = isBrowser ? firstOf(systems, text) : name && firstOf(platforms, text);
  if (name === undefined) return system ?? '';
  return system === undefined ? name : `${name} on ${system}`;
}
