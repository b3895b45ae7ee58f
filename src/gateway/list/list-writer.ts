import type { ServerResponse } from 'node:http';
import { drained } from './drained.ts';
import type { ListPage } from './list-page.ts';

/** Puts pages together to one list. */
export interface ListWriter {
  /** @param revision of the list as a whole */
  page(page: ListPage, revision: string): Promise<void>;
  /** @param token where the next page begins; '' when there is none, as always for one that streams */
  end(token: string): void;
}

const COMMA = Buffer.from(',');
/** Bytes that are kept before a whole list begins to stream: as long as nothing is out, a refusal can be told as one. */
const MOST_KEPT = 1024 * 1024;

/**
 * A list's metadata stand before its items, and the token in them is known after the last of them. So a page that the
 * client has limited is kept until it is whole, as the API server would; a whole list streams when it is large.
 * @param streams whether there will be no token
 */
export function createListWriter(response: ServerResponse, streams: boolean): ListWriter {
  let kept: Buffer[] = [];
  let bytes = 0;
  let first: { page: ListPage; revision: string } | undefined;
  let isEmpty = true;
  let begun = false;

  function begin(token: string): Buffer {
    if (first === undefined) throw new Error('a list without a page');
    const { head, itemsName } = first.page;
    const metadata = { resourceVersion: first.revision, ...(token === '' ? {} : { continue: token }) };
    const members = head.map((member) => `${member.toString('utf8')},`).join('');
    begun = true;
    response.setHeader('Content-Type', 'application/json');
    return Buffer.from(`{${members}"metadata":${JSON.stringify(metadata)},"${itemsName}":[`);
  }

  async function flush(): Promise<void> {
    if (response.destroyed) throw new Error('client left');
    const chunk = Buffer.concat([...(begun ? [] : [begin('')]), ...kept]);
    kept = [];
    bytes = 0;
    if (!response.write(chunk)) await drained(response);
  }

  return {
    async page(page, revision) {
      first ??= { page, revision };
      if (page.count === 0) return;
      if (!isEmpty) kept.push(COMMA);
      isEmpty = false;
      kept.push(page.items);
      bytes += page.items.length;
      if (streams && (begun || bytes > MOST_KEPT)) await flush();
    },
    end(token) {
      const rest = [...(begun ? [] : [begin(token)]), ...kept, Buffer.from(']}\n')];
      const tail = Buffer.concat(rest);
      if (!response.headersSent) response.setHeader('Content-Length', tail.length);
      response.end(tail);
    },
  };
}
