import { keepApiServices } from './api-services/index.ts';
import type { ClusterDeps, Schedule } from './cluster-deps.ts';
import { allControllers, runControllers } from './controllers/index.ts';
import { type CustomResources, runDefinitions } from './custom/index.ts';
import { createEventRecorder, expireEvents } from './events/index.ts';
import { startLifecycle } from './lifecycle/index.ts';
import { type SimulatedNode, startNode } from './node/index.ts';
import type { ObjectContext } from './objects/object-context.ts';
import type { ServiceAccountTokens } from './service-accounts/index.ts';
import type { ClusterAuthority } from './signing/index.ts';

export interface BackgroundWorkDeps extends ClusterDeps {
  readonly schedule: Schedule;
  readonly resources: CustomResources;
  readonly tokens: ServiceAccountTokens;
  readonly authority: ClusterAuthority;
}

export interface BackgroundWork {
  /** Where pods run; undefined: they do not. */
  readonly node: SimulatedNode | undefined;
  close(): Promise<void>;
}

/** What goes on beside requests, each part because of what is written: what follows of it is written as by any client. */
export async function startBackgroundWork(
  deps: BackgroundWorkDeps,
  objects: ObjectContext,
): Promise<BackgroundWork> {
  const { schedule } = deps;
  const onEventError = (error: unknown) => deps.log.error({ err: error }, 'an event was not recorded');
  const events = createEventRecorder(objects, onEventError);
  const expiring = expireEvents(objects, schedule, onEventError);
  const definitions = await runDefinitions(deps, objects, deps.resources);
  const apiServices = await keepApiServices(deps, objects, deps.resources);
  const lifecycle = await startLifecycle(deps, schedule, objects, deps.tokens);
  const node =
    deps.runsPods === true
      ? await startNode({ ...deps, caBundle: deps.caBundle ?? '', events }, objects)
      : undefined;
  const controllers =
    deps.runsControllers === true
      ? await runControllers({ ...deps, events }, objects, allControllers)
      : undefined;
  return {
    node,
    async close() {
      await controllers?.close();
      await node?.close();
      await events.close();
      await expiring.close();
      await lifecycle.close();
      await apiServices.close();
      await definitions.close();
    },
  };
}
