import { ignoreNotFound } from '../objects/is-not-found.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { ownWriters } from '../objects/own-writers.ts';
import { trackedAs } from '../objects/tracked-as.ts';
import { updateObject } from '../objects/update-object.ts';
import { coreType, type KubeObject } from '../resources/index.ts';
import { asJsonObject } from '../schema/index.ts';
import { issuer, type ServiceAccountTokens } from '../service-accounts/index.ts';

const accountName = 'kubernetes.io/service-account.name';
const accountUid = 'kubernetes.io/service-account.uid';

/** Whether it is a secret for the token of a service account that has none yet. */
export function awaitsToken(object: KubeObject): boolean {
  return (
    object['type'] === 'kubernetes.io/service-account-token' &&
    asJsonObject(object['data'])['token'] === undefined &&
    object.metadata.deletionTimestamp === undefined
  );
}

/**
 * Puts a token into a secret that was made for one; the token lives as long as the secret. Without the account it waits.
 * Source: Kubernetes pkg/controller/serviceaccount/tokens_controller.go.
 */
export async function fillTokenSecret(
  context: ObjectContext,
  tokens: ServiceAccountTokens,
  {
    namespace,
    name,
    caBundle,
  }: { readonly namespace: string; readonly name: string; readonly caBundle: string },
): Promise<void> {
  const secrets = coreType('secrets');
  const secret = (await context.objects.get(secrets, namespace, name))?.object;
  if (secret === undefined || !awaitsToken(secret)) return;
  const account = secret.metadata.annotations?.[accountName] ?? '';
  const found = await context.objects.get(coreType('serviceaccounts'), namespace, account);
  const { uid = '' } = found?.object.metadata ?? {};
  const asked = secret.metadata.annotations?.[accountUid] ?? uid;
  if (found === undefined || asked !== uid) return;
  const boundTo = { kind: 'Secret', name, uid: secret.metadata.uid ?? '' } as const;
  const { token } = await tokens.issue({
    namespace,
    account: { name: account, uid },
    audiences: [issuer],
    expirationSeconds: undefined,
    boundTo,
  });
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  const data = { 'ca.crt': encoded(caBundle), namespace: encoded(namespace), token: encoded(token) };
  await updateObject(context, {
    type: secrets,
    namespace,
    name,
    part: 'main',
    dryRun: false,
    trackFields: trackedAs(context, secrets, ownWriters.controllers, ''),
    // Another process may have been faster.
    change: (current) => (awaitsToken(current) ? withToken(current, data, uid) : current),
  }).catch(ignoreNotFound);
}

function withToken(secret: KubeObject, data: Record<string, string>, uid: string): KubeObject {
  const annotations = { ...secret.metadata.annotations, [accountUid]: uid };
  return {
    ...secret,
    metadata: { ...secret.metadata, annotations },
    data: { ...asJsonObject(secret['data']), ...data },
  };
}
