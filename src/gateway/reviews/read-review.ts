import { type BodyOwner, parseYamlBody, readBody, YamlBodyError } from '../../http/index.ts';
import {
  badRequest,
  decodeKubeProtobuf,
  duplicateFields,
  type FieldValidation,
  isDeeperThan,
  ProtobufError,
  type StatusError,
  unknownFieldsOfKind,
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

export interface ReadReview {
  readonly review: Review;
  /** Members that the kind does not have or that stand twice, in Kubernetes' words. */
  readonly warnings: readonly string[];
}

/**
 * Reads the body of a request that creates a review. kubectl sends protobuf and has no other form to fall back to.
 * @throws StatusError 400, 413 or 415
 */
export async function readReview(
  request: BodyOwner,
  type: ReviewType,
  validation: FieldValidation,
): Promise<ReadReview> {
  const bytes = await readBody(request, MAX_REVIEW_BYTES);
  const mediaType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  const review = decode(mediaType, bytes, type);
  if (typeof review !== 'object' || review === null || Array.isArray(review)) {
    throw badRequest(`the object provided is unrecognized (must be of type ${type.kind})`);
  }
  // The walks over it that follow are recursive, and the stack is all that they have.
  if (isDeeperThan(review, MAX_DEPTH))
    throw badRequest(`the object provided is nested deeper than ${MAX_DEPTH}`);
  checkType(review as Review, type);
  const warnings = validation === 'Ignore' ? [] : strictProblems(review, mediaType, bytes, type);
  if (validation === 'Strict' && warnings.length > 0) {
    throw cannotBeHandled(type.kind, `strict decoding error: ${warnings.join(', ')}`);
  }
  return { review: review as Review, warnings };
}

/** A body that is an object of the kind's, and does not fit it. */
export function cannotBeHandled(kind: string, problem: string): StatusError {
  return badRequest(`${kind} in version "v1" cannot be handled as a ${kind}: ${problem}`);
}

function strictProblems(review: object, mediaType: string, bytes: Buffer, type: ReviewType): string[] {
  // Neither YAML nor protobuf gets here with a member twice.
  const isJson = mediaType === '' || mediaType === 'application/json';
  const twice = isJson ? duplicateFields(bytes.toString('utf8')) : [];
  return [...unknownFieldsOfKind(type.apiVersion, type.kind, review), ...twice];
}

function decode(mediaType: string, bytes: Buffer, type: ReviewType): unknown {
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
