import { isDeepStrictEqual } from 'node:util';
import { internalError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import type { AdmissionAttributes } from '../attributes.ts';
import { inVersion } from '../match/in-version.ts';
import type { FindNamespace } from '../match/selection.ts';
import { applyHookPatch } from './apply-hook-patch.ts';
import { callHook } from './call-hook.ts';
import { type Hook, HookCallError } from './hook.ts';
import { isAsked, objectsIn, type RuledHook } from './matching-hook.ts';
import { type HookMetrics, observeHook } from './observe-hook.ts';

export interface MutateDeps {
  readonly metrics: HookMetrics;
  readonly findNamespace: FindNamespace;
  /** What the plugins that run before webhooks make of an object; twice the same as once. */
  plugins(object: KubeObject): KubeObject;
}

type Change = (attributes: AdmissionAttributes, ruled: RuledHook) => Promise<KubeObject | undefined>;

/**
 * What mutating webhooks make of an object, one after the other. When one has changed it, the plugins look at it again, and then
 * those webhooks that wish it and had been asked before. Throws StatusError when one refuses, 500 when one fails that must not.
 * Source: apiserver/pkg/admission/plugin/webhook/mutating/dispatcher.go, pkg/admission/reinvocation.go.
 */
export async function mutate(
  hooks: readonly RuledHook[],
  attributes: AdmissionAttributes,
  deps: MutateDeps,
): Promise<KubeObject | undefined> {
  const { object: given } = attributes;
  let object = given === undefined ? undefined : deps.plugins(given);
  /** Asked, and to be asked again after a later change. */
  const waiting = new Set<Hook>();
  const again = new Set<Hook>();
  let isChanged = false;

  function changed(): void {
    isChanged = true;
    for (const hook of waiting) again.add(hook);
    waiting.clear();
  }

  async function pass(round: 0 | 1): Promise<void> {
    const change = changing(deps, round);
    for (const ruled of hooks) {
      if (round === 1 && !again.has(ruled.hook)) continue;
      const current = { ...attributes, object };
      if (!(await isAsked(ruled, current, deps.findNamespace, () => objectsIn(current, ruled.type))))
        continue;
      const next = await change(current, ruled);
      if (next !== object) changed();
      object = next;
      if (ruled.hook.isReinvoked) waiting.add(ruled.hook);
    }
  }

  await pass(0);
  if (!isChanged || object === undefined) return object;
  const settled = deps.plugins(object);
  if (!isDeepStrictEqual(settled, object)) changed();
  object = settled;
  await pass(1);
  return object;
}

/** Asks one webhook. Gives the very object when it is not changed. */
function changing({ metrics }: MutateDeps, round: number): Change {
  return async (attributes, ruled) => {
    const { hook, index, type } = ruled;
    const { requester, operation, subresource, object } = attributes;
    const place = `round_${round}_index_${index}`;
    const ask = async () => {
      const versioned = await objectsIn(attributes, type);
      const verdict = await callHook(hook, attributes, type, versioned, true);
      const made = applyHookPatch(hook, verdict, type, subresource, versioned.object);
      return { object: made === versioned.object ? object : made, patch: verdict.patch };
    };
    const noteFailedOpen = () =>
      requester.annotate(`failed-open.mutation.webhook.admission.k8s.io/${place}`, hook.name);
    const made = await observeHook(metrics, { hook, type: 'admit', operation }, ask, noteFailedOpen).catch(
      (error: unknown) => {
        throw error instanceof HookCallError ? internalError(error.message) : error;
      },
    );
    const mutated = made !== undefined && made.object !== object;
    const note = { configuration: hook.configuration, webhook: hook.name, mutated };
    requester.annotate(`mutation.webhook.admission.k8s.io/${place}`, JSON.stringify(note));
    if (!mutated || made.object === undefined) return object;
    const { configuration, name: webhook } = hook;
    const operations = JSON.parse(made.patch.toString('utf8')) as readonly object[];
    const patch = operations.map((each) => Object.fromEntries(Object.entries(each).toSorted(byName)));
    const whole = JSON.stringify({ configuration, webhook, patch, patchType: 'JSONPatch' });
    requester.annotate(`patch.webhook.admission.k8s.io/${place}`, whole, 'Request');
    return inVersion(made.object, type, attributes.type, subresource);
  };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
