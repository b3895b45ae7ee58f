import { afterAll } from 'vitest';
import { CONFIGURATIONS, replayBearer } from '../test/gateway/recorded/replay-bearer.ts';
import { replayEscalation } from '../test/gateway/recorded/replay-escalation.ts';
import { replayImpersonation } from '../test/gateway/recorded/replay-impersonation.ts';
import { replayPostFilter } from '../test/gateway/recorded/replay-post-filter.ts';
import { replayRbacWrites } from '../test/gateway/recorded/replay-rbac-writes.ts';
import { replayRequestInfo } from '../test/gateway/recorded/replay-request-info.ts';
import { replayReviews } from '../test/gateway/recorded/replay-reviews.ts';
import { replayTokenReviews } from '../test/gateway/recorded/replay-token-review.ts';
import { openStartedBearer, type StartedBearer } from './support/started-bearer.ts';
import { canHaveToken, openStartedDoor } from './support/started-door.ts';

const SAID = 'The request is not well-formed HTTP.\n';
const NO_HTTP = {
  status: 400,
  headers: {
    connection: 'close',
    'content-length': String(SAID.length),
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  },
  body: SAID,
};

// What a real kube-apiserver answered, asked of the started product over TLS, each caller with a token of their own.
replayRequestInfo(openStartedDoor, { probes: true, noHttp: NO_HTTP });
replayPostFilter(openStartedDoor, false);
replayImpersonation(openStartedDoor, canHaveToken);
replayReviews(openStartedDoor, canHaveToken);
replayRbacWrites(openStartedDoor);
replayEscalation(openStartedDoor);
replayBearer(openStartedBearer, { probes: true, noHttp: NO_HTTP });

// The rows of a configuration stand together, and so one product at a time is enough.
let asked: { readonly configuration: string; readonly door: StartedBearer } | undefined;
afterAll(() => asked?.door.close());
replayTokenReviews(async (configuration, review) => {
  if (asked?.configuration !== configuration) {
    await asked?.door.close();
    asked = { configuration, door: await openStartedBearer(configuration) };
  }
  return asked.door.review(review);
}, CONFIGURATIONS);
