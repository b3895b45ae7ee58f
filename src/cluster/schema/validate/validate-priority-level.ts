import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonObject } from '../json-object.ts';
import { all, type Rule, within } from './rules.ts';

type Json = Record<string, unknown>;

const any = Number.POSITIVE_INFINITY;
const mostQueues = 10_000_000;
const mostBits = 60;

const shares = within('nominalConcurrencyShares', 0, any, 'must be a non-negative integer');
const lendable = within('lendablePercent', 0, 100, 'must be between 0 and 100, inclusive');
const borrowed = within('borrowingLimitPercent', 0, any, 'if specified, must be a non-negative integer');

/** Source: Kubernetes pkg/apis/flowcontrol/validation ValidatePriorityLevelConfiguration. */
export function validatePriorityLevel(level: KubeObject): FieldError[] {
  const spec = asJsonObject(level['spec']);
  const { type = '', limited, exempt } = spec;
  const isExempt = type === 'Exempt';
  if (type !== 'Exempt' && type !== 'Limited')
    return [fieldError.notSupported('spec.type', type, ['Exempt', 'Limited'])];
  const errors: FieldError[] = [];
  if (isExempt !== (level.metadata.name === 'exempt')) {
    const detail = "must be 'Exempt' if and only if `name` is 'exempt'";
    errors.push(fieldError.invalid('spec.type', type, detail));
  }
  if (isExempt) {
    if (limited !== undefined)
      errors.push(fieldError.forbidden('spec.limited', 'must be nil if the type is not Limited'));
    return [...errors, ...all(shares, lendable)(asJsonObject(exempt), 'spec.exempt')];
  }
  if (exempt !== undefined)
    errors.push(fieldError.forbidden('spec.exempt', 'must be nil if the type is Limited'));
  return limited === undefined
    ? [...errors, fieldError.required('spec.limited', 'must not be empty when type is Limited')]
    : [...errors, ...limitedRule(asJsonObject(limited), 'spec.limited')];
}

const response: Rule = ({ limitResponse }, path) => {
  const { type = '', queuing } = asJsonObject(limitResponse);
  const place = `${path}.limitResponse`;
  if (type === 'Reject') {
    const detail = 'must be nil if limited.limitResponse.type is not Limited';
    return queuing === undefined ? [] : [fieldError.forbidden(`${place}.queuing`, detail)];
  }
  if (type !== 'Queue') return [fieldError.notSupported(`${place}.type`, type, ['Queue', 'Reject'])];
  const detail = 'must not be empty if limited.limitResponse.type is Limited';
  return queuing === undefined
    ? [fieldError.required(`${place}.queuing`, detail)]
    : queuingErrors(asJsonObject(queuing), `${place}.queuing`);
};

const limitedRule: Rule = all(shares, response, lendable, borrowed);

function queuingErrors(queuing: Json, path: string): FieldError[] {
  const { queues, handSize } = queuing;
  const positive = (field: string) => within(field, 1, any, 'must be positive');
  const errors = all(positive('queueLengthLimit'), positive('queues'))(queuing, path);
  if (Number(queues) > mostQueues)
    errors.push(fieldError.invalid(`${path}.queues`, queues, `must not be greater than ${mostQueues}`));
  errors.push(...positive('handSize')(queuing, path));
  const [deck, hand] = [Number(queues), Number(handSize)];
  if (hand > deck) {
    const detail = `should not be greater than queues (${deck})`;
    errors.push(fieldError.invalid(`${path}.handSize`, handSize, detail));
  } else if (hand > 0 && entropyBits(deck, hand) > mostBits) {
    const sizes = `deckSize ${deck} and handSize ${hand}`;
    const detail = `required entropy bits of ${sizes} should not be greater than ${mostBits}`;
    errors.push(fieldError.invalid(`${path}.handSize`, handSize, detail));
  }
  return errors;
}

/** What it takes to deal a hand. Source: apiserver/pkg/util/shufflesharding RequiredEntropyBits. */
function entropyBits(deck: number, hand: number): number {
  let bits = 0;
  for (let dealt = 0; dealt < hand; dealt++) bits += Math.log2(deck - dealt);
  return Math.ceil(bits);
}
