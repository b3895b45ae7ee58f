import type { ServerResponse } from 'node:http';
import {
  type Attributes,
  badRequest,
  type Decision,
  encodeGoJson,
  type FieldError,
  fieldError,
  indentGoJson,
  type RequestInfo,
  type UserInfo,
  wantsPretty,
  warningValues,
} from '../../kube/index.ts';
import { whenAnswered } from '../delegate/index.ts';
import type { AuthorizedRequest } from '../exchange.ts';
import type { ExplainRefusal } from '../explain/index.ts';
import { cannotBeHandled, type Review, readReview } from './read-review.ts';
import { subjectOf } from './review-attributes.ts';
import { metadataErrors } from './review-metadata.ts';
import { readReviewOptions } from './review-options.ts';
import { type ReviewSpec, readReviewSpec } from './review-spec.ts';
import { reviewStatus } from './review-status.ts';
import { validateReviewSpec } from './validate-review-spec.ts';

export interface ReviewDeps {
  authorize(attributes: Attributes): Decision;
  /** Adds to the reason of a SelfSubjectAccessReview's no; undefined: it is not explained. */
  readonly explain?: ExplainRefusal | undefined;
  /** A SelfSubjectRulesReview's status. */
  rulesFor(user: UserInfo, namespace: string): object;
  readonly now: () => Date;
}

export interface ReviewAnswerer {
  /** Whether the request creates a review that the gateway answers itself. */
  answers(requestInfo: RequestInfo): boolean;
  answer(authorized: AuthorizedRequest): Promise<void>;
}

type Answer = (body: Review, authorized: AuthorizedRequest, deps: ReviewDeps) => object;

const AUTHORIZATION = 'authorization.k8s.io';
const AUTHENTICATION = 'authentication.k8s.io';

/** The kinds that are questions: created, answered, never stored. Source: Kubernetes pkg/registry/authorization. */
const REVIEWS: Readonly<Record<string, { kind: string; namespaced: boolean; answer: Answer }>> = {
  [`${AUTHORIZATION}/selfsubjectaccessreviews`]: {
    kind: 'SelfSubjectAccessReview',
    namespaced: false,
    answer: answerSelfSubjectAccessReview,
  },
  [`${AUTHORIZATION}/subjectaccessreviews`]: {
    kind: 'SubjectAccessReview',
    namespaced: false,
    answer: answerSubjectAccessReview,
  },
  [`${AUTHORIZATION}/localsubjectaccessreviews`]: {
    kind: 'LocalSubjectAccessReview',
    namespaced: true,
    answer: answerLocalSubjectAccessReview,
  },
  [`${AUTHORIZATION}/selfsubjectrulesreviews`]: {
    kind: 'SelfSubjectRulesReview',
    namespaced: false,
    answer: answerSelfSubjectRulesReview,
  },
  [`${AUTHENTICATION}/selfsubjectreviews`]: {
    kind: 'SelfSubjectReview',
    namespaced: false,
    answer: answerSelfSubjectReview,
  },
};

/** Answers Kubernetes' review kinds from the gateway's own engine, so that they say what the gateway will do. */
export function createReviewAnswerer(deps: ReviewDeps): ReviewAnswerer {
  return {
    answers: (requestInfo) => reviewOf(requestInfo) !== undefined,
    async answer(authorized) {
      const { request, body: sent, response, requestInfo } = authorized;
      const review = reviewOf(requestInfo);
      if (!review) throw badRequest('not a review');
      const apiVersion = `${requestInfo.apiGroup}/${requestInfo.apiVersion}`;
      const options = readReviewOptions(authorized.target);
      const type = { apiVersion, kind: review.kind };
      const read = await readReview({ headers: request.headers, body: sent }, type, options.fieldValidation);
      if (read.warnings.length > 0) response.setHeader('Warning', warningValues(read.warnings));
      const answer = await whenAnswered(() => review.answer(read.review, authorized, deps));
      const isPretty = wantsPretty(options.pretty, request.headers['user-agent']);
      respond(response, { kind: review.kind, apiVersion, ...answer }, isPretty);
    },
  };
}

function reviewOf(info: RequestInfo) {
  if (info.verb !== 'create' || info.apiVersion !== 'v1' || info.name !== '' || info.subresource !== '') {
    return undefined;
  }
  if (info.apiGroup !== AUTHORIZATION && info.apiGroup !== AUTHENTICATION) return undefined;
  const review = REVIEWS[`${info.apiGroup}/${info.resource}`];
  return review !== undefined && review.namespaced === (info.namespace !== '') ? review : undefined;
}

function answerSelfSubjectAccessReview(body: Review, { user }: AuthorizedRequest, deps: ReviewDeps): object {
  const spec = readSpec(body, 'SelfSubjectAccessReview', false);
  validateReviewSpec(spec, false, metadataErrors(body, []));
  return { metadata: {}, spec, status: reviewStatus(spec, user, deps.authorize, deps.explain) };
}

function answerSubjectAccessReview(body: Review, _: AuthorizedRequest, deps: ReviewDeps): object {
  const spec = readSpec(body, 'SubjectAccessReview', true);
  validateReviewSpec(spec, true, metadataErrors(body, []));
  return { metadata: {}, spec, status: reviewStatus(spec, subjectOf(spec), deps.authorize) };
}

function answerLocalSubjectAccessReview(
  body: Review,
  { requestInfo }: AuthorizedRequest,
  deps: ReviewDeps,
): object {
  const { namespace } = requestInfo;
  const spec = readSpec(body, 'LocalSubjectAccessReview', true);
  const given = (body['metadata'] as { namespace?: string } | null | undefined)?.namespace;
  if (given !== undefined && given !== '' && given !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const errors: FieldError[] = [...metadataErrors(body, ['namespace'])];
  const asked = spec.resourceAttributes?.namespace ?? '';
  if (spec.resourceAttributes && asked !== namespace) {
    const field = 'spec.resourceAttributes.namespace';
    errors.push(fieldError.invalid(field, asked, 'must match metadata.namespace'));
  }
  if (spec.nonResourceAttributes) {
    const { path = '', verb = '' } = spec.nonResourceAttributes;
    const value = { Path: path, Verb: verb };
    errors.push(
      fieldError.invalid('spec.nonResourceAttributes', value, 'disallowed on this kind of request'),
    );
  }
  validateReviewSpec(spec, true, errors);
  return { metadata: { namespace }, spec, status: reviewStatus(spec, subjectOf(spec), deps.authorize) };
}

function answerSelfSubjectRulesReview(body: Review, { user }: AuthorizedRequest, deps: ReviewDeps): object {
  const namespace = (body['spec'] as { namespace?: unknown } | null | undefined)?.namespace;
  if (typeof namespace !== 'string' || namespace === '') throw badRequest('no namespace on request');
  return { metadata: {}, spec: {}, status: deps.rulesFor(user, namespace) };
}

function answerSelfSubjectReview(_body: Review, { user }: AuthorizedRequest, deps: ReviewDeps): object {
  const creationTimestamp = deps
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z');
  return { metadata: { creationTimestamp }, status: { userInfo: withSortedExtra(user) } };
}

/** Go writes a map in the order of its keys. */
function withSortedExtra(user: UserInfo): UserInfo {
  if (user.extra === undefined) return user;
  const entries = Object.entries(user.extra).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...user, extra: Object.fromEntries(entries) };
}

function readSpec(body: Review, kind: string, withSubject: boolean): ReviewSpec {
  try {
    return readReviewSpec(body['spec'], withSubject);
  } catch (error) {
    throw cannotBeHandled(kind, (error as Error).message);
  }
}

function respond(response: ServerResponse, answer: object, isPretty: boolean): void {
  const body = isPretty ? indentGoJson(answer) : `${encodeGoJson(answer)}\n`;
  response.writeHead(201, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
