import { type BodyOwner, parseYamlBody, readBody, YamlBodyError } from '../../http/index.ts';
import {
  badRequest,
  decodeKubeProtobuf,
  isDeeperThan,
  ProtobufError,
  unsupportedMediaType,
} from '../../kube/index.ts';

/** A review as the client sent it: a JSON object whose members are not checked yet. */
export type Review = Readonly<Record<string, unknown>>;

export interface ReviewType {
  readonly apiVersion: string;
  readonly kind: string;
}

/** A question is short; nothing in it needs more. */
const MAX_REVIEW_BYTES = 262_144;
const MAX_DEPTH = 100;

const MEDIA_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/**
 * Reads the body of a request that creates a review. kubectl sends protobuf and has no other form to fall back to.
 * @throws StatusError 400, 413 or 415
 */
export async function readReview(request: BodyOwner, type: ReviewType): Promise<Review> {
  const bytes = await readBody(request, MAX_REVIEW_BYTES);
  const review = decode(request.headers['content-type'], bytes, type);
  if (typeof review !== 'object' || review === null || Array.isArray(review)) {
    throw badRequest(`the object provided is unrecognized (must be of type ${type.kind})`);
  }
  // The walks over it that follow are recursive, and the stack is all that they have.
  if (isDeeperThan(review, MAX_DEPTH))
    throw badRequest(`the object provided is nested deeper than ${MAX_DEPTH}`);
  checkType(review as Review, type);
  return review as Review;
}

function decode(contentType: string | undefined, bytes: Buffer, type: ReviewType): unknown {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  try {
    switch (mediaType) {
      case '':
      case 'application/json':
        return JSON.parse(bytes.toString('utf8'));
      case 'application/yaml':
        return parseYamlBody(bytes);
      case 'application/vnd.kubernetes.protobuf':
        return decodeKubeProtobuf(bytes, type);
      default:
        throw unsupportedMediaType(MEDIA_TYPES);
    }
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ProtobufError || error instanceof YamlBodyError) {
      throw badRequest(
        `the object provided is unrecognized (must be of type ${type.kind}): ${(error as Error).message}`,
      );
    }
    throw error;
  }
}

function checkType(review: Review, { apiVersion, kind }: ReviewType): void {
  const given = review['apiVersion'];
  if (typeof given === 'string' && given !== '' && given !== apiVersion) {
    throw badRequest(
      `the API version in the data (${given}) does not match the expected API version (${apiVersion})`,
    );
  }
  const givenKind = review['kind'];
  if (typeof givenKind === 'string' && givenKind !== '' && givenKind !== kind) {
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): it says ${givenKind}`);
  }
}
