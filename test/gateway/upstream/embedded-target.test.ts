import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { AuthorizedRequest } from '../../../src/gateway/exchange.ts';
import { createEmbeddedTarget } from '../../../src/gateway/upstream/embedded-target.ts';

describe('an API in the same process', () => {
  it('can note things in the audit event of a request', async () => {
    const noted: string[] = [];
    const target = createEmbeddedTarget({
      async handle({ trail }) {
        trail?.annotate('webhook.example.com/by', 'me');
      },
    });
    const request = (trail: AuthorizedRequest['trail']) =>
      ({
        request: { method: 'POST', headers: {} },
        response: new EventEmitter(),
        trail,
      }) as unknown as AuthorizedRequest;
    await target.forward(request({ annotate: (key, value) => noted.push(`${key}=${value}`) }));
    await target.forward(request(undefined));
    expect(noted).toEqual(['webhook.example.com/by=me']);
  });
});
