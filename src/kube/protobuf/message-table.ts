import pointerScalars from '../data/pointer-scalars.json' with { type: 'json' };
import protoFields from '../data/proto-fields.json' with { type: 'json' };

export type ScalarType = 'string' | 'int32' | 'int64' | 'bool' | 'double' | 'bytes';

/** How one protobuf field becomes a JSON member. */
export interface FieldPlan {
  /** The JSON name. */
  readonly name: string;
  /** A scalar type, or 'message' with its full name in `message`. */
  readonly type: ScalarType | 'message';
  readonly message: string;
  readonly shape: 'single' | 'repeated' | 'map';
  /** The message's fields stand in the parent's JSON object (an embedded struct of Go). */
  readonly inlined: boolean;
  /** A pointer in Go: zero is a value and stays. */
  readonly keepsZero: boolean;
}

/** Fields by number. */
export type MessagePlan = ReadonlyMap<number, FieldPlan>;

const FIELDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = protoFields;
const POINTERS: Readonly<Record<string, readonly string[]>> = pointerScalars;
const SCALARS: ReadonlySet<string> = new Set(['string', 'int32', 'int64', 'bool', 'double', 'bytes']);

/** Structs that Go embeds with `json:",inline"`, by message and field. */
const INLINED: ReadonlySet<string> = new Set([
  'Volume.volumeSource',
  'Probe.handler',
  'PersistentVolumeSpec.persistentVolumeSource',
  'EphemeralContainer.ephemeralContainerCommon',
  'ConfigMapEnvSource.localObjectReference',
  'SecretEnvSource.localObjectReference',
  'ConfigMapKeySelector.localObjectReference',
  'SecretKeySelector.localObjectReference',
  'ConfigMapProjection.localObjectReference',
  'SecretProjection.localObjectReference',
  'ConfigMapVolumeSource.localObjectReference',
  'IngressRule.ingressRuleValue',
  'RuleWithOperations.rule',
  'NamedRuleWithOperations.ruleWithOperations',
  'DeviceAllocationConfiguration.deviceConfiguration',
  'DeviceClaimConfiguration.deviceConfiguration',
  'DeviceClassConfiguration.deviceConfiguration',
]);

/** Fields whose JSON name is not the protobuf one, by message and field. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['BoundObjectReference.uID', 'uid'],
  ['IngressClassParametersReference.aPIGroup', 'apiGroup'],
  ['MutatingWebhookConfiguration.Webhooks', 'webhooks'],
  ['ValidatingWebhookConfiguration.Webhooks', 'webhooks'],
  ['Validation.Expression', 'expression'],
  ['Variable.Name', 'name'],
  ['Variable.Expression', 'expression'],
  ['JSONSchemaProps.schema', '$schema'],
  ['JSONSchemaProps.ref', '$ref'],
  ['JSONSchemaProps.xKubernetesPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields'],
  ['JSONSchemaProps.xKubernetesEmbeddedResource', 'x-kubernetes-embedded-resource'],
  ['JSONSchemaProps.xKubernetesIntOrString', 'x-kubernetes-int-or-string'],
  ['JSONSchemaProps.xKubernetesListMapKeys', 'x-kubernetes-list-map-keys'],
  ['JSONSchemaProps.xKubernetesListType', 'x-kubernetes-list-type'],
  ['JSONSchemaProps.xKubernetesMapType', 'x-kubernetes-map-type'],
  ['JSONSchemaProps.xKubernetesValidations', 'x-kubernetes-validations'],
]);

const plans = new Map<string, MessagePlan>();

/** The plan of a message by its full protobuf name; built at first use. undefined for an unknown message. */
export function messagePlan(message: string): MessagePlan | undefined {
  const known = plans.get(message);
  if (known !== undefined) return known;
  if (!Object.hasOwn(FIELDS, message)) return undefined;
  const plan = buildPlan(message, FIELDS[message] ?? {});
  plans.set(message, plan);
  return plan;
}

function buildPlan(message: string, fields: Readonly<Record<string, readonly string[]>>): MessagePlan {
  const path = message.split('.');
  const shortName = path.at(-1) ?? '';
  const pointers = POINTERS[path.slice(-3).join('.')] ?? [];
  const plan = new Map<number, FieldPlan>();
  for (const [number, [protoName = '', type = '', shape]] of Object.entries(fields)) {
    const key = `${shortName}.${protoName}`;
    const name = RENAMED.get(key) ?? protoName;
    const isScalar = SCALARS.has(type);
    plan.set(Number(number), {
      name,
      type: isScalar ? (type as ScalarType) : 'message',
      message: isScalar ? '' : type,
      shape: shape === undefined ? 'single' : shape === 'rep' ? 'repeated' : 'map',
      inlined: INLINED.has(key),
      keepsZero: pointers.includes(name),
    });
  }
  return plan;
}
