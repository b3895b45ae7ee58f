import { readDeleteOptions, respondJson } from '../../cluster/index.ts';
import { AccountError } from '../../identity/index.ts';
import { conflict, encodeStatus, methodNotAllowed, success } from '../../kube/index.ts';
import { accountFailure } from '../account-failures.ts';
import type { AdminCall, AdminHandler } from './admin-call.ts';
import { mustGet } from './list.ts';

const MOST_ATTEMPTS = 10;

/** DELETE of one object; it is gone when it is answered. */
export const deleteOne: AdminHandler = async (context, call) => {
  const { request, response, type, name } = call;
  const options = await readDeleteOptions(context, call);
  const uid = await remove(call, options);
  const details = { name, group: type.group, kind: type.resource, ...(uid === undefined ? {} : { uid }) };
  respondJson(request, call.query, response, 200, JSON.parse(encodeStatus(success(details))));
};

async function remove(
  call: AdminCall,
  options: Awaited<ReturnType<typeof readDeleteOptions>>,
): Promise<string | undefined> {
  const { kind, type, name } = call;
  if (kind.delete === undefined) throw methodNotAllowed();
  for (let attempt = 1; ; attempt++) {
    const current = await mustGet(call);
    const { uid, resourceVersion } = current.metadata;
    const isOther =
      (options.uid !== undefined && options.uid !== uid) ||
      (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion);
    if (isOther) throw conflict({ group: type.group, resource: type.kind }, name);
    try {
      await kind.delete(current, call.writing(options.dryRun));
      return uid;
    } catch (error) {
      if (!(error instanceof AccountError)) throw error;
      if (error.fault !== 'changed' || attempt === MOST_ATTEMPTS) throw accountFailure(error, type, name);
    }
  }
}
