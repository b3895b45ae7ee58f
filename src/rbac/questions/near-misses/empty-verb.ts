import type { Finder } from './near-miss.ts';

/** A method that Kubernetes knows no verb for: only `*` allows it, and nobody should hold that for its sake. */
export const findEmptyVerb: Finder = function* ({ attributes }) {
  if (attributes.verb === '') {
    yield {
      message:
        'The request has no verb, because Kubernetes has none for its HTTP method: only a rule with verb * allows it.',
      remedyText: 'Send it with GET, HEAD, POST, PUT, PATCH or DELETE.',
      noGrantHelps: true,
    };
  }
};
