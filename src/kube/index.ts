/**
 * Kubernetes' vocabulary: requests, users, selectors, names, the Status and its texts, protobuf bodies.
 * Pure functions and types: no I/O, no clock, nothing of the product. It says what Kubernetes means and
 * how it words it; it does not decide (rbac) and does not answer (gateway, cluster).
 */
export { type AcceptClause, acceptClauses } from './accept-clauses.ts';
export {
  type Attributes,
  attributesOf,
  type Decision,
  resourceAttributes,
  type SelectorRequirement,
} from './attributes.ts';
export { duplicateFields } from './duplicate-fields.ts';
export {
  type FieldError,
  type FieldErrorType,
  fieldError,
  fieldErrorBody,
  fieldErrorsText,
} from './field-error.ts';
export { type FieldTerm, matchesFields, parseFieldSelector, requiredFieldValue } from './field-selector.ts';
export { parseGoInt64 } from './go-int.ts';
export { encodeGoJson, indentGoJson } from './go-json.ts';
export { goJsonProblem } from './go-json-problem.ts';
export { firstQueryValue, parseGoQuery, type QueryPair } from './go-query.ts';
export { goQuote } from './go-quote.ts';
export { goTrim, goTrimRight } from './go-trim.ts';
export { goValue } from './go-value.ts';
export { htmlSanitize, internalServerErrorText } from './html-sanitize.ts';
export { isDeeperThan } from './is-deeper-than.ts';
export type { LabelOperator, LabelRequirement } from './label-requirement.ts';
export {
  type LabelSelector,
  labelSelectorMatcher,
  labelSelectorRequirements,
  matchesLabels,
} from './label-selector.ts';
export {
  booleanValue,
  decodeListOptions,
  type ListOptions,
  type ListOptionsFailure,
} from './list-options.ts';
export { MOST_STRICT_ERRORS } from './most-strict-errors.ts';
export {
  dns1035LabelErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  labelKeyErrors,
  labelValueErrors,
  pathSegmentNameErrors,
} from './names.ts';
export { parseLabelSelector } from './parse-label-selector.ts';
export {
  type DefaultKind,
  decodeKubeProtobuf,
  type KubeObjectJson,
} from './protobuf/decode-kube-protobuf.ts';
export type { JsonObject, JsonValue } from './protobuf/leaf-messages.ts';
export { ProtobufError } from './protobuf/protobuf-error.ts';
export { type RequestInfo, RequestInfoError, resolveRequestInfo } from './request-info.ts';
export { checkRequestTarget } from './request-target.ts';
export { SelectorError } from './selector-error.ts';
export {
  encodeStatus,
  type Status,
  type StatusCause,
  type StatusDetails,
  StatusError,
  type StatusMetadata,
  success,
} from './status.ts';
export {
  alreadyExists,
  badRequest,
  conflict,
  expired,
  forbidden,
  forbiddenObject,
  type GroupKind,
  type GroupResource,
  gone,
  internalError,
  invalid,
  methodNotAllowed,
  noneOfMediaTypes,
  notAcceptable,
  notFound,
  notFoundText,
  requestEntityTooLarge,
  requestUriTooLong,
  resourceNotFound,
  serviceUnavailable,
  tooLargeResourceVersion,
  tooManyOperations,
  tooManyRequests,
  unauthorized,
  unprocessablePatch,
  unsupportedMediaType,
  untypedError,
} from './status-errors.ts';
export { unknownFieldsOfKind } from './unknown-fields.ts';
export type { UserInfo } from './user-info.ts';
export { wantsPretty } from './wants-pretty.ts';
export { warningValues } from './warning-values.ts';
export {
  dryRunErrors,
  type FieldValidation,
  fieldValidationOf,
  writeOptionsErrors,
} from './write-options.ts';
