import { describe, expect, it } from 'vitest';
import {
  createWebhookConverter,
  type OnReview,
} from '../../../../src/cluster/custom/conversion/webhook-converter.ts';
import type { KubeObject } from '../../../../src/cluster/index.ts';
import { WebhookCallError } from '../../../../src/cluster/webhooks/index.ts';
import { type Answer, answerWith, converted } from './conversion-webhook.ts';

const v1 = 'conv.example.com/v1';
const labels = { a: 'b' };

function object(name: string): KubeObject {
  return {
    apiVersion: 'conv.example.com/v1beta1',
    kind: 'HostPort',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, generation: 3, labels },
    spec: { hostPort: 'a:1' },
  };
}

/** A converter whose webhook answers so. */
function converter(answer: Answer, accepted: readonly string[] = ['v1'], onReview?: OnReview) {
  const reviews: { readonly request: { readonly objects: readonly KubeObject[] } }[] = [];
  const post = async (text: string) => {
    const review = JSON.parse(text);
    reviews.push(review);
    return answer(review);
  };
  return { convert: createWebhookConverter({ post, close: () => {} }, accepted, onReview), reviews };
}

const failed = 'conversion webhook for conv.example.com/v1beta1, Kind=HostPort failed: ';
const returned = 'conversion webhook for conv.example.com/v1beta1, Kind=HostPort returned ';

/** The right answer with another object in place of its first one. */
function changed(change: (object: KubeObject) => unknown): Answer {
  return (review) => {
    const { convertedObjects } = converted(review).response;
    const [first, ...rest] = convertedObjects;
    return answerWith(review, [change(first), ...rest]);
  };
}

const withMetadata = (more: object) => changed((one) => ({ ...one, metadata: { ...one.metadata, ...more } }));

describe('a conversion by webhook', () => {
  it.each([
    ['no answer', () => Promise.reject(new WebhookCallError('gone')), 'conversion_webhook_call_failure'],
    ['no review', () => ({}), 'conversion_webhook_malformed_response_failure'],
    ['too few', (review) => answerWith(review, []), 'conversion_webhook_partial_response_failure'],
    ['another one', withMetadata({ name: 'b' }), 'conversion_webhook_invalid_converted_object_failure'],
    ['the right one', converted, undefined],
  ] satisfies [string, Answer, string | undefined][])(
    'tells how it went: %s',
    async (_name, answer, failure) => {
      const told: unknown[] = [];
      const { convert } = converter(answer, ['v1'], (report) => told.push(report));
      await convert([object('a')], v1).catch(() => undefined);
      expect(told).toEqual([{ from: 'v1beta1', to: 'v1', failure, ms: expect.any(Number) }]);
    },
  );

  it('asks for all objects at once, in the version that the webhook prefers of those spoken here', async () => {
    const { convert, reviews } = converter(converted, ['v7', 'v1beta1', 'v1']);
    const objects = [object('a'), object('b')];
    const made = await convert(objects, v1);
    expect(made.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    expect(reviews).toEqual([
      {
        apiVersion: 'apiextensions.k8s.io/v1beta1',
        kind: 'ConversionReview',
        request: { uid: expect.stringMatching(/^[0-9a-f-]{36}$/), desiredAPIVersion: v1, objects },
        response: { uid: '', convertedObjects: null, result: { metadata: {} } },
      },
    ]);
  });

  it('divides what is too much for one review', async () => {
    const { convert, reviews } = converter(converted);
    const objects = Array.from({ length: 1201 }, (_, index) => object(`n${index}`));
    const made = await convert(objects, v1);
    expect(made.map(({ metadata }) => metadata.name)).toEqual(objects.map(({ metadata }) => metadata.name));
    expect(reviews.map(({ request }) => request.objects.length)).toEqual([500, 500, 201]);
  });

  it('lets labels and annotations be changed, and keeps the rest of the metadata', async () => {
    const { convert } = converter(
      withMetadata({ labels: { c: 'd' }, annotations: { e: 'f' }, generation: 9, finalizers: ['x/y'] }),
    );
    const [made] = await convert([object('a')], v1);
    expect(made?.metadata).toEqual({
      ...object('a').metadata,
      labels: { c: 'd' },
      annotations: { e: 'f' },
    });
    const [bare] = await converter(withMetadata({ labels: null })).convert([object('a')], v1);
    expect(bare?.metadata).not.toHaveProperty('labels');
  });

  it.each<[string, Answer]>([
    [
      `${failed}expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got x/v1, Kind=Y`,
      () => ({ apiVersion: 'x/v1', kind: 'Y' }),
    ],
    [
      `${failed}expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got /, Kind=`,
      () => [],
    ],
    [`${failed}no response provided`, ({ apiVersion, kind }) => ({ apiVersion, kind })],
    [
      `${failed}response.result.status was 'Maybe', not 'Success'`,
      (review) => answerWith(review, [], { result: { status: 'Maybe' } }),
    ],
    [
      `${failed}response.result.status was '', not 'Success'`,
      (review) => answerWith(review, [], { result: {} }),
    ],
    [`${failed}no such host`, (review) => answerWith(review, [], { result: { message: 'no such host' } })],
    [`${returned}0 objects, expected 1`, (review) => answerWith(review, [])],
    [`${returned}0 objects, expected 1`, (review) => answerWith(review, [], { convertedObjects: 'x' })],
    [`${returned}invalid object at index 0: Object 'Kind' is missing in 'null'`, changed(() => null)],
    [
      `${returned}invalid object at index 0: invalid groupVersion (expected conv.example.com/v1, received x/v2)`,
      changed((one) => ({ ...one, apiVersion: 'x/v2' })),
    ],
    [
      `${returned}invalid object at index 0: invalid kind (expected HostPort, received Other)`,
      changed((one) => ({ ...one, kind: 'Other' })),
    ],
    [
      `${returned}invalid object at index 0: json: exceeded max depth`,
      changed((one) => ({ ...one, spec: JSON.parse(`${'['.repeat(300)}${']'.repeat(300)}`) })),
    ],
    [`${returned}invalid object: must have the same name: a != b`, withMetadata({ name: 'b' })],
    [
      `${returned}invalid object: must have the same namespace: default != other`,
      withMetadata({ namespace: 'other' }),
    ],
    [`${returned}invalid object: must have the same UID: uid-a != `, withMetadata({ uid: 7 })],
    [
      `${returned}invalid metadata: invalid metadata.labels of type []interface {} in converted object`,
      withMetadata({ labels: ['a'] }),
    ],
    [
      `${returned}invalid metadata: metadata.annotations[n] must be a string, but is int64 in converted object`,
      withMetadata({ annotations: { n: 1 } }),
    ],
    [
      `${returned}invalid metadata: metadata.labels: Invalid value: "-": a valid label must be`,
      withMetadata({ labels: { a: '-' } }),
    ],
  ])('is refused: %s', async (message, answer) => {
    await expect(converter(answer).convert([object('a')], v1)).rejects.toMatchObject({
      status: { code: 500, reason: '', message: expect.stringContaining(message) },
    });
  });

  it('is refused when the answer is to another question, which a webhook of v1beta1 need not say', async () => {
    const answer: Answer = (review) =>
      answerWith(review, converted(review).response.convertedObjects, { uid: 'x' });
    const message = new RegExp(`^${failed}expected response.uid="[0-9a-f-]{36}", got "x"$`);
    await expect(converter(answer).convert([object('a')], v1)).rejects.toThrow(message);
    expect(await converter(answer, ['v1beta1']).convert([object('a')], v1)).toHaveLength(1);
  });

  it('says which of several objects is wrong', async () => {
    const answer: Answer = (review) => {
      const [first, second] = converted(review).response.convertedObjects;
      return answerWith(review, [first, { ...second, metadata: { ...second.metadata, name: 'x' } }]);
    };
    await expect(converter(answer).convert([object('a'), object('b')], v1)).rejects.toThrow(
      `${returned}invalid converted object at index 1: must have the same name: b != x`,
    );
  });

  it('says why the webhook was not reached, and that no version of the review is known', async () => {
    const unreached: Answer = () => {
      throw new WebhookCallError('Post "https://a": EOF');
    };
    await expect(converter(unreached).convert([object('a')], v1)).rejects.toThrow(
      `${failed}Post "https://a": EOF`,
    );
    await expect(converter(converted, ['v7']).convert([object('a')], v1)).rejects.toThrow(
      'no supported conversion review versions',
    );
  });
});
