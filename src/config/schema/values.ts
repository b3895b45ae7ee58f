import { isIP } from 'node:net';
import { z } from 'zod';
import { parseDuration } from '../duration.ts';

/** Says where in the file something is wrong, and what to do. */
export type Refuse = (path: readonly (string | number)[], message: string) => void;

/** A Go duration, given on as milliseconds. */
export const duration = z
  .string('expected a duration such as 24h or 5m')
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    context.addIssue({ code: 'custom', message: `expected a duration such as 24h or 5m, got "${text}"` });
    return z.NEVER;
  })
  .meta({ valueType: 'duration' });

/** The same where Dex reads `0s` as for ever. */
export const finiteDuration = z
  .string('expected a duration such as 24h or 5m')
  .refine((text) => !/^0[^1-9]*$/.test(text), {
    message: 'everything ends here: give a duration such as 8760h, or remove the key for the default',
    abort: true,
  })
  .pipe(duration)
  .meta({ valueType: 'duration' });

/** The same, or `0s` for never. */
export const durationOrZero = z.union([z.enum(['0', '0s']).transform(() => 0), duration]).meta({
  valueType: 'duration',
});

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const HOST_PORT = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/;

/** `host:port` as Dex and Go write it; an empty host means every interface. */
export const listenAddress = z
  .string('expected host:port, for example 127.0.0.1:5556')
  .transform((text, context) => {
    const match = HOST_PORT.exec(text);
    const port = Number(match?.[3]);
    if (match && port <= 65535) return { host: match[1] ?? match[2] ?? '', port } satisfies ListenAddress;
    context.addIssue({
      code: 'custom',
      message: `expected host:port, for example 127.0.0.1:5556, got "${text}"`,
    });
    return z.NEVER;
  })
  .meta({ valueType: 'host:port' });

function isBare({ username, password, search, hash }: URL): boolean {
  return username === '' && password === '' && search === '' && hash === '';
}

/** All that a host is written with. */
const VISIBLE_ASCII = /^[!-~]+$/;

/**
 * Where a server is, without a path: nothing else in the URL would be heeded.
 * @param message says what is expected
 */
export function originUrl(message: string) {
  return z
    .string()
    .refine((text) => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      // URL() makes other hosts of characters that look alike; what is written must be what is called.
      return (
        url !== undefined &&
        VISIBLE_ASCII.test(text) &&
        /^https?:$/.test(url.protocol) &&
        isBare(url) &&
        url.pathname === '/'
      );
    }, message)
    .meta({ valueType: 'URL' });
}

export const httpUrl = z
  .string()
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url !== undefined && (url.protocol === 'https:' || url.protocol === 'http:') && isBare(url);
  }, 'expected an http or https URL without user information, query and fragment')
  .meta({ valueType: 'URL' });

/**
 * A key that Dex knows and Sallyport does not serve: refused with a line that says what to do, never ignored.
 * Absent is fine.
 */
export function notServed(remedy: string): z.ZodType<undefined> {
  return z.undefined(`not served by this version: ${remedy}`) as unknown as z.ZodType<undefined>;
}

/** A range of addresses, `10.0.0.0/8`, or one address. */
export const cidr = z.string().refine((text) => {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}, 'expected an address range such as 10.0.0.0/8');
