/** A browser without scripts: cookies by path, redirects, meta refresh and forms; enough to walk the pages. */
export interface PageSeen {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  readonly title: string;
}

interface StoredCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

export interface BrowserLike {
  readonly cookies: Map<string, StoredCookie>;
  /** Everything sent in Set-Cookie so far. */
  readonly setCookies: string[];
  /** The headers of every answer so far. */
  readonly seen: {
    readonly url: string;
    readonly status: number;
    readonly headers: Headers;
    readonly body: string;
  }[];
  /** Follows redirects and meta refreshes until a page stays, or until the address leaves the origin. */
  open(url: string): Promise<PageSeen>;
  /** Submits the form with this action suffix (else the first), changed by `fields`. */
  submit(page: PageSeen, fields?: Record<string, string>, action?: string): Promise<PageSeen>;
  /** One request, nothing followed. */
  request(url: string, init?: RequestInit): Promise<PageSeen>;
}

export function decodeEntities(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

export interface FormSeen {
  readonly action: string;
  readonly fields: Record<string, string>;
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : decodeEntities(value);
}

export function formsOf(page: PageSeen): FormSeen[] {
  return [...page.body.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)].map(([, tag = '', inner = '']) => ({
    action: new URL(attribute(tag, 'action') ?? '', page.url).href,
    fields: Object.fromEntries(
      [...inner.matchAll(/<input([^>]*)>/g)]
        .filter(([, input = '']) => !input.includes('type="checkbox"') || input.includes(' checked'))
        .map(([, input = '']) => [attribute(input, 'name') ?? '', attribute(input, 'value') ?? '']),
    ),
  }));
}

/** The page's visible words. */
export function textOf(page: PageSeen): string {
  return decodeEntities(page.body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')).trim();
}

/** @param own headers of every request */
export function createBrowserLike(origin: string, own: Record<string, string> = {}): BrowserLike {
  const cookies = new Map<string, StoredCookie>();
  const setCookies: string[] = [];
  const seen: BrowserLike['seen'] = [];

  function keep(header: string, path: string): void {
    setCookies.push(header);
    const [pair = '', ...attributes] = header.split(/;\s*/);
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const given = Object.fromEntries(
      attributes.map((text) => {
        const [key = '', ...rest] = text.split('=');
        return [key.toLowerCase(), rest.join('=')];
      }),
    );
    const cookiePath = given['path'] ?? path.slice(0, Math.max(1, path.lastIndexOf('/')));
    const key = `${name};${cookiePath}`;
    const gone = given['expires'] !== undefined && Date.parse(given['expires']) <= Date.now();
    if (gone) cookies.delete(key);
    else cookies.set(key, { name, value, path: cookiePath });
  }

  function cookieHeader(path: string): string {
    return [...cookies.values()]
      .filter((cookie) => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, '/')))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  async function request(url: string, init: RequestInit = {}): Promise<PageSeen> {
    const { pathname } = new URL(url);
    const headers = new Headers({ ...own, ...Object.fromEntries(new Headers(init.headers)) });
    headers.set('accept', headers.get('accept') ?? 'text/html');
    const cookie = cookieHeader(pathname);
    if (cookie !== '') headers.set('cookie', cookie);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    const body = await response.text();
    for (const header of response.headers.getSetCookie()) keep(header, pathname);
    seen.push({ url, status: response.status, headers: response.headers, body });
    const title = decodeEntities(/<title>([^<]*)<\/title>/.exec(body)?.[1] ?? '');
    return { url, status: response.status, headers: response.headers, body, title };
  }

  async function follow(first: PageSeen): Promise<PageSeen> {
    let page = first;
    for (let hop = 0; hop < 20; hop++) {
      const refresh = /<meta http-equiv="refresh" content="0;url=([^"]*)">/.exec(page.body)?.[1];
      const next =
        page.headers.get('location') ?? (refresh === undefined ? undefined : decodeEntities(refresh));
      if (next === undefined) return page;
      const url = new URL(next, page.url).href;
      if (new URL(url).origin !== origin) return { ...page, url };
      page = await request(url);
    }
    throw new Error('too many redirects');
  }

  return {
    cookies,
    setCookies,
    seen,
    request,
    open: async (url) => follow(await request(url)),
    async submit(page, fields = {}, action) {
      const form = formsOf(page).find((one) => action === undefined || one.action.endsWith(action));
      if (form === undefined) throw new Error(`no form ${action ?? ''} on ${page.url}: ${textOf(page)}`);
      return follow(
        await request(form.action, {
          method: 'POST',
          headers: { origin, 'sec-fetch-site': 'same-origin' },
          body: new URLSearchParams({ ...form.fields, ...fields }),
        }),
      );
    },
  };
}
