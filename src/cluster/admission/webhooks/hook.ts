import { goQuote } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject, asText } from '../../schema/index.ts';
import { type ClientConfig, WebhookCallError, type WebhookClient } from '../../webhooks/index.ts';
import { admissionVariables } from '../expressions/admission-variables.ts';
import { compileConditions, conditionsOf, type MatchConditions } from '../expressions/match-conditions.ts';
import type { Rule } from '../match/match-rule.ts';
import { compileSelection, type Selectors, type Selects } from '../match/selection.ts';

/** One webhook of a configuration, ready to be asked. */
export interface Hook {
  readonly configuration: string;
  readonly name: string;
  readonly rules: readonly Rule[];
  readonly matchPolicy: string;
  readonly selects: Selects;
  readonly conditions: MatchConditions | undefined;
  /** Whether a request goes on when the webhook cannot be asked. */
  readonly failsOpen: boolean;
  /** Whether it may be asked about what is only tried; undefined when it does not say. */
  readonly takesDryRun: boolean | undefined;
  /** Whether it is asked again after others have changed the object. */
  readonly isReinvoked: boolean;
  readonly reviewVersions: readonly string[];
  readonly client: WebhookClient;
}

/** Opens the way to a webhook. @param timeoutMs for one answer */
export type OpenWebhook = (config: ClientConfig, timeoutMs: number) => WebhookClient;

const variables = admissionVariables({ params: false, authorizer: true });

/** The webhooks of a configuration, which is valid and has its defaults. */
export function compileHooks(configuration: KubeObject, openWebhook: OpenWebhook): readonly Hook[] {
  return asJsonArray(configuration['webhooks']).map((each) => {
    const webhook = asJsonObject(each);
    const seconds = Number(webhook['timeoutSeconds'] ?? 10);
    const { sideEffects } = webhook;
    return {
      configuration: configuration.metadata.name ?? '',
      name: asText(webhook['name']) ?? '',
      rules: asJsonArray(webhook['rules']) as readonly Rule[],
      matchPolicy: asText(webhook['matchPolicy']) ?? 'Equivalent',
      selects: compileSelection(webhook as Selectors),
      conditions: compileConditions(conditionsOf(webhook), variables),
      failsOpen: webhook['failurePolicy'] === 'Ignore',
      takesDryRun:
        sideEffects === undefined ? undefined : sideEffects === 'None' || sideEffects === 'NoneOnDryRun',
      isReinvoked: webhook['reinvocationPolicy'] === 'IfNeeded',
      reviewVersions: asJsonArray(webhook['admissionReviewVersions']).map(String),
      client: clientOf(asJsonObject(webhook['clientConfig']) as ClientConfig, seconds * 1000, openWebhook),
    };
  });
}

/** What was stored before its address was looked at cannot be asked. */
function clientOf(config: ClientConfig, timeoutMs: number, openWebhook: OpenWebhook): WebhookClient {
  try {
    return openWebhook(config, timeoutMs);
  } catch (error) {
    const refuse = () => Promise.reject(new WebhookCallError(`could not get REST client: ${String(error)}`));
    return { post: refuse, close: () => {} };
  }
}

/** A webhook could not be asked, or did not answer as it should. */
export class HookCallError extends Error {
  override readonly name = 'HookCallError';
  readonly code = 'SP_HOOK_CALL';
  /** An HTTP status that fits, for metrics. */
  readonly status: number;

  constructor({ name }: Pick<Hook, 'name'>, reason: string, status: number) {
    super(`failed calling webhook ${goQuote(name)}: ${reason}`);
    this.status = status;
  }
}
