import { badRequest } from '../../kube/index.ts';
import type { Call } from './handler-context.ts';
import { negotiate } from './negotiate.ts';
import type { IncludeObject, View } from './present.ts';

/** How the client wants to see the answer. Throws StatusError 406. */
export function viewOf(context: { readonly deps: { now(): number } }, call: Call): View {
  return {
    as: negotiate(call.request.headers.accept),
    includeObject: includeObjectOf(call),
    now: context.deps.now(),
  };
}

function includeObjectOf(call: Call): IncludeObject {
  const asked = call.query.text('includeObject');
  if (asked === '') return 'Metadata';
  if (asked === 'None' || asked === 'Metadata' || asked === 'Object') return asked;
  throw badRequest(`unrecognized includeObject value: ${JSON.stringify(asked)}`);
}
