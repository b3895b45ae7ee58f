import type { ClientRequest } from './recording-proxy.ts';

/** A document whose hash is in its address, which clients keep for ever. */
export const DOCUMENT = /^GET \/openapi\/v3\/.+\?hash=/;

/** A request without what differs from run to run. @param names what is called otherwise in a recording */
export function requestLine(
  { method, target, contentType }: ClientRequest,
  names: Readonly<Record<string, string>>,
): string {
  const renamed = (text: string) =>
    Object.entries(names).reduce((all, [own, recorded]) => all.replaceAll(own, recorded), text);
  const url = new URL(target, 'https://server');
  url.searchParams.sort();
  const query = [...url.searchParams].map(([name, value]) => {
    const isOurs =
      ['hash', 'continue', 'timeoutSeconds'].includes(name) || (name === 'resourceVersion' && value !== '0');
    // In no order of its own.
    const terms = renamed(value)
      .replace(/uid=[0-9a-f-]{36}/, 'uid=<uid>')
      .split(',')
      .toSorted()
      .join(',');
    return `${name}=${isOurs ? `<${name}>` : name === 'fieldSelector' ? terms : renamed(value)}`;
  });
  const path = renamed(url.pathname);
  return [method, query.length === 0 ? path : `${path}?${query.join('&')}`, contentType ?? '']
    .join(' ')
    .trim();
}

/**
 * The same, with the form that it would have where this is not JSON, what the connection should become, and the answer's
 * status where it was another than 200; 304 is a 200 that the client has kept.
 */
export function exchangeLine(request: ClientRequest, names: Readonly<Record<string, string>>): string {
  const { accept = '', upgrade, code } = request;
  const form = /as=(\w+)/.exec(accept)?.[1] ?? (accept.includes('protobuf') ? 'protobuf' : undefined);
  return [
    requestLine(request, names),
    form === undefined ? '' : ` as ${form}`,
    upgrade === undefined ? '' : ` over ${upgrade}`,
    code === 200 || code === 304 ? '' : ` → ${code}`,
  ].join('');
}
