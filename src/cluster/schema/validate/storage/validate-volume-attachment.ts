import { isDeepStrictEqual } from 'node:util';
import { dns1123SubdomainErrors, type FieldError, fieldError } from '../../../../kube/index.ts';
import { goInternal } from '../../go-internal.ts';
import { asJsonObject } from '../../json-object.ts';
import { all, alwaysFormed, invalidFor, type Rule, required } from '../rules.ts';
import { driverName } from './volume-source.ts';
import { inlineVolumeSpec } from './volume-spec.ts';

type Json = Record<string, unknown>;

const onlyOne = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

const source: Rule = (spec, path) => {
  const { inlineVolumeSpec: inline, persistentVolumeName: name } = asJsonObject(spec['source']);
  const place = `${path}.source`;
  if (inline === undefined && name === undefined) return [fieldError.required(place, onlyOne)];
  if (inline !== undefined && name !== undefined) return [fieldError.forbidden(place, onlyOne)];
  if (inline !== undefined) return inlineVolumeSpec(asJsonObject(inline), `${place}.inlineVolumeSpec`);
  const detail = 'must specify non empty persistentVolumeName';
  return name === '' ? [fieldError.required(`${place}.persistentVolumeName`, detail)] : [];
};

const attachment: Rule = all(required('attacher'), source, alwaysFormed('nodeName', dns1123SubdomainErrors));

/** What is more of a new one. Source: ValidateVolumeAttachmentV1. */
const newAttachment: Rule = all(driverName('attacher'), (spec, path) => {
  const name = asJsonObject(spec['source'])['persistentVolumeName'];
  return name === undefined
    ? []
    : invalidFor(name, `${path}.source.persistentVolumeName`, dns1123SubdomainErrors);
});

/** Source: Kubernetes pkg/apis/storage/validation ValidateVolumeAttachment, ValidateVolumeAttachmentUpdate. */
export function validateVolumeAttachment(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const errors = attachment(spec, 'spec');
  if (oldSpec === undefined) return [...errors, ...newAttachment(spec, 'spec')];
  if (isDeepStrictEqual(spec, oldSpec)) return errors;
  const shown = goInternal('io.k8s.api.storage.v1.VolumeAttachmentSpec', spec);
  return [...errors, fieldError.invalid('spec', shown, 'field is immutable')];
}
