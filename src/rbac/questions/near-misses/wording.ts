import { type Attributes, goQuote } from '../../../kube/index.ts';
import type { CompiledBinding } from '../../binding.ts';
import type { Subject } from '../../model.ts';
import { combinedResource } from '../../rule.ts';
import type { Held } from './held.ts';
import { serviceAccountOf } from './name-likeness.ts';

const PLAIN = /^[\w.:*/-]+$/;
const MAX_LISTED = 4;

/** A verb, a resource or a path: bare when it is plain, quoted (and so harmless) otherwise. */
export function word(text: string): string {
  return PLAIN.test(text) ? text : goQuote(text);
}

/** `get, list and watch`; of many the first few and how many more. */
export function wordList(texts: readonly string[], say: (text: string) => string = word): string {
  const shown = texts.slice(0, texts.length > MAX_LISTED ? MAX_LISTED : undefined).map(say);
  const more = texts.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** The resource as a rule would name it: `pods/log`. */
export function resourceText({ resource, subresource }: Attributes): string {
  return word(combinedResource(resource, subresource));
}

export function apiGroupText(apiGroup: string): string {
  return apiGroup === '' ? '"" (core)' : goQuote(apiGroup);
}

/** What was asked for: `get pods/log "web-0"`, `get /healthz`. */
export function requestText(attributes: Attributes): string {
  const verb = word(attributes.verb);
  if (!attributes.isResourceRequest) return `${verb} ${word(attributes.path)}`;
  return `${verb} ${resourceText(attributes)}${attributes.name === '' ? '' : ` ${goQuote(attributes.name)}`}`;
}

export function placeText({ isResourceRequest, namespace }: Attributes): string {
  return isResourceRequest && namespace !== ''
    ? `in namespace ${goQuote(namespace)}`
    : 'at the cluster scope';
}

export function namedText({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${word(kind)} ${goQuote(name)}`;
}

export function bindingText({ object, namespace }: CompiledBinding): string {
  const text = namedText({ kind: object.kind, name: object.metadata.name ?? '' });
  return object.kind === 'RoleBinding' ? `${text} in namespace ${goQuote(namespace)}` : text;
}

export function subjectText(subject: Subject, bindingNamespace: string): string {
  return subject.kind === 'ServiceAccount'
    ? `${namedText(subject)} of namespace ${goQuote(subject.namespace || bindingNamespace)}`
    : namedText(subject);
}

export function callerText(username: string): string {
  const account = serviceAccountOf(username);
  return account === undefined
    ? namedText({ kind: 'User', name: username })
    : subjectText({ kind: 'ServiceAccount', ...account }, '');
}

/** `ClusterRole "view", given to Group "devs" by RoleBinding "readers" in namespace "dev",` */
export function givenText({ binding, subject }: Held): string {
  const subjectName = subjectText(subject.subject, binding.namespace);
  return `${namedText(binding.object.roleRef)}, given to ${subjectName} by ${bindingText(binding)},`;
}
