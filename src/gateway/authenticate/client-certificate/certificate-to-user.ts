import { hash, type X509Certificate } from 'node:crypto';
import type { UserInfo } from '../../../kube/index.ts';
import { addAuthenticatedGroup } from '../authenticated-group.ts';
import { type NameAttribute, readSubject } from './subject-names.ts';

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
/** Kubernetes' own attribute for the UID. */
const UID = '1.3.6.1.4.1.57683.2';

/**
 * The user that a verified certificate names: the common name (the last one, should there be several, as in Go), every
 * organisation as a group, the UID attribute, and the certificate's digest as credential id. `system:` names are taken
 * as they are: the operator's own authority has signed them, and Kubernetes' components have no others.
 * Source: Kubernetes apiserver/pkg/authentication/request/x509/x509.go CommonNameUserConversion.
 * @returns undefined without a common name; a string says why the certificate is refused
 */
export function certificateToUser(certificate: Pick<X509Certificate, 'raw'>): UserInfo | string | undefined {
  const named = readSubject(certificate.raw).filter(({ type }) => READ.has(type));
  if (!named.every(isText)) return 'the subject has a name of a string type that is not read';
  const texts = (wanted: string) => named.filter(({ type }) => type === wanted).map(({ text }) => text);
  const username = texts(COMMON_NAME).at(-1) ?? '';
  if (username === '') return undefined;
  const [uid, ...more] = texts(UID);
  if (more.length > 0) return 'the subject has more than one UID';
  if (uid === '') return 'the subject has an empty UID';
  return {
    username,
    ...(uid === undefined ? {} : { uid }),
    groups: addAuthenticatedGroup(username, texts(ORGANIZATION)),
    extra: {
      'authentication.kubernetes.io/credential-id': [`X509SHA256=${hash('sha256', certificate.raw, 'hex')}`],
    },
  };
}

const READ = new Set([COMMON_NAME, ORGANIZATION, UID]);

function isText(attribute: NameAttribute): attribute is NameAttribute & { readonly text: string } {
  return attribute.text !== undefined;
}
