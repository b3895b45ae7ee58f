import { notFound } from '../../kube/index.ts';
import type { Handler } from './handler-context.ts';
import { presentObject } from './present.ts';
import { respondJson } from './respond.ts';
import { viewOf } from './view-of.ts';

/** GET of one object; also of its /status, which is the whole object. */
export const get: Handler = async (context, call) => {
  const view = viewOf(context, call);
  const found = await context.objects.objects.get(call.type, call.namespace, call.name);
  if (found === undefined) throw notFound(call.type, call.name);
  respondJson(call.request, call.query, call.response, 200, presentObject(call.type, found.object, view));
};
