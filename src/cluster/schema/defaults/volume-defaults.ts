import { isJsonObject } from '../json-object.ts';
import { type Json, objectsIn, setDefault } from './set-default.ts';

/** 0644, the mode of files that a volume shows. */
const fileMode = 420;

/** Source: Kubernetes pkg/apis/core/v1/defaults.go, SetDefaults_Volume and the volume sources. */
export function defaultVolume(volume: Json): void {
  if (Object.keys(volume).every((field) => field === 'name')) volume['emptyDir'] = {};
  for (const source of ['secret', 'configMap', 'downwardAPI', 'projected']) {
    const value = volume[source];
    if (isJsonObject(value)) setDefault(value, 'defaultMode', fileMode);
  }
  // The type's zero value is meaningful and shown: no check before mounting.
  if (isJsonObject(volume['hostPath'])) setDefault(volume['hostPath'], 'type', '');
  if (isJsonObject(volume['downwardAPI'])) defaultDownwardItems(volume['downwardAPI']);
  if (isJsonObject(volume['projected'])) defaultProjected(volume['projected']);
  if (isJsonObject(volume['ephemeral'])) defaultEphemeral(volume['ephemeral']);
}

function defaultProjected(projected: Json): void {
  for (const source of objectsIn(projected, 'sources')) {
    if (isJsonObject(source['downwardAPI'])) defaultDownwardItems(source['downwardAPI']);
    const token = source['serviceAccountToken'];
    if (isJsonObject(token)) setDefault(token, 'expirationSeconds', 3600);
  }
}

function defaultDownwardItems(source: Json): void {
  for (const item of objectsIn(source, 'items')) {
    if (isJsonObject(item['fieldRef'])) setDefault(item['fieldRef'], 'apiVersion', 'v1');
  }
}

function defaultEphemeral(ephemeral: Json): void {
  const template = ephemeral['volumeClaimTemplate'];
  if (isJsonObject(template) && isJsonObject(template['spec']))
    setDefault(template['spec'], 'volumeMode', 'Filesystem');
}
