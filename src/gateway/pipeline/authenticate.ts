import type { AuthenticationOutcome } from '../authenticate/index.ts';
import type { Exchange } from './exchange.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

/** Who is asking, as far as their credentials tell. A promise when keys or an API server have to be asked. */
export function authenticate(deps: PipelineDeps, exchange: Exchange): void | Promise<void> {
  const { request, requestInfo, measured } = exchange;
  const settle = (outcome: AuthenticationOutcome): void => {
    exchange.outcome = outcome;
    measured?.authenticated(outcome.outcome);
  };
  const outcome = deps.authenticate(request.rawHeaders, requestInfo.path, request);
  return outcome instanceof Promise ? outcome.then(settle) : settle(outcome);
}
