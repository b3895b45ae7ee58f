import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
} from '../../../../kube/index.ts';
import { asJsonArray, asText } from '../../json-object.ts';
import {
  all,
  at,
  formed,
  invalidFor,
  member,
  oneOf,
  type Rule,
  required,
  requiredMembers,
  within,
} from '../rules.ts';

/** A driver's name becomes part of paths on a node. Source: Kubernetes pkg/apis/core/validation ValidateCSIDriverName. */
export const driverName =
  (field: string): Rule =>
  (object, path) => {
    const [name, place] = [asText(object[field]), at(path, field)];
    if (name === undefined) return [fieldError.required(place)];
    const errors = name.length > 63 ? [fieldError.tooLong(place, 63)] : [];
    return [...errors, ...invalidFor(name.toLowerCase(), place, dns1123SubdomainErrors)].map((error) =>
      error.value === undefined ? error : { ...error, value: name },
    );
  };

const unbroken =
  (field: string): Rule =>
  (object, path) =>
    String(object[field] ?? '')
      .split('/')
      .includes('..')
      ? [fieldError.invalid(at(path, field), object[field], "must not contain '..'")]
      : [];

const secretOf = (field: string): Rule =>
  member(
    field,
    all(
      required('name'),
      formed('name', dns1123SubdomainErrors),
      required('namespace'),
      formed('namespace', dns1123LabelErrors),
    ),
  );

const partition = within('partition', 0, 255, 'must be between 1 and 255, inclusive');
const lun = within('lun', 0, 255, 'must be between 0 and 255, inclusive');

const targetNames = [
  /^iqn\.\d{4}-\d{2}\.[A-Za-z0-9\-.]+(?::[^,;*&$|\s]+)?$/,
  /^eui\.[A-Za-z0-9]{16}$/,
  /^naa\.[A-Za-z0-9]{32}$/,
];

function targetNameErrors(name: string): string[] {
  return targetNames.some((pattern) => pattern.test(name)) ? [] : ['must be valid format'];
}

const iscsi: Rule = all(
  required('targetPortal'),
  required('iqn'),
  formed('iqn', targetNameErrors),
  lun,
  ({ chapAuthDiscovery, chapAuthSession, secretRef }, path) =>
    (chapAuthDiscovery === true || chapAuthSession === true) && secretRef === undefined
      ? [fieldError.required(`${path}.secretRef`)]
      : [],
  member('secretRef', required('name')),
  ({ initiatorName }, path) =>
    asText(initiatorName) === undefined
      ? []
      : invalidFor(initiatorName, `${path}.initiatorname`, targetNameErrors),
);

const fibreChannel: Rule = (source, path) => {
  const [names, ids] = [asJsonArray(source['targetWWNs']), asJsonArray(source['wwids'])];
  const place = `${path}.targetWWNs`;
  if (names.length === 0 && ids.length === 0)
    return [fieldError.required(place, 'must specify either targetWWNs or wwids, but not both')];
  if (names.length > 0 && ids.length > 0) {
    const detail = 'targetWWNs and wwids can not be specified simultaneously';
    return [fieldError.invalid(place, names, detail)];
  }
  if (names.length > 0 && source['lun'] === undefined)
    return [fieldError.required(`${path}.lun`, 'lun is required if targetWWNs is specified')];
  return names.length > 0 ? lun(source, path) : [];
};

const azureDisk: Rule = (source, path) => {
  const { diskURI = '', kind = 'Shared' } = source;
  const isManaged = kind === 'Managed';
  const start = isManaged ? '/subscriptions/' : 'https://';
  const form = isManaged
    ? '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
    : 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';
  const errors = all(required('diskName'), required('diskURI'))(source, path);
  errors.push(...oneOf('cachingMode', ['None', 'ReadOnly', 'ReadWrite'])(source, path));
  errors.push(...oneOf('kind', ['Dedicated', 'Managed', 'Shared'])(source, path));
  if (!String(diskURI).startsWith(start))
    errors.push(fieldError.notSupported(`${path}.diskURI`, diskURI, [form]));
  return errors;
};

const flexVolume: Rule = all(required('driver'), ({ options }, path) =>
  Object.keys((options ?? {}) as object)
    .filter((key) => /(?:^|\.)(?:kubernetes\.io|k8s\.io)$/.test(key.split('/')[0] ?? ''))
    .map((key) => {
      const detail = 'kubernetes.io and k8s.io namespaces are reserved';
      return fieldError.invalid(`${path}.options[${key}]`, key, detail);
    }),
);

const flocker: Rule = ({ datasetName = '', datasetUUID = '' }, path) => {
  if (datasetName === '' && datasetUUID === '')
    return [fieldError.required(path, 'one of datasetName and datasetUUID is required')];
  const errors: FieldError[] = [];
  if (datasetName !== '' && datasetUUID !== '') {
    const detail = 'datasetName and datasetUUID can not be specified simultaneously';
    errors.push(fieldError.invalid(path, 'resource', detail));
  }
  if (String(datasetName).includes('/'))
    errors.push(fieldError.invalid(`${path}.datasetName`, datasetName, "must not contain '/'"));
  return errors;
};

const quobyte: Rule = all(
  ({ registry = '' }, path) => {
    const pairs = 'must be a host:port pair or multiple pairs separated by commas';
    return registry === '' ? [fieldError.required(`${path}.registry`, pairs)] : [];
  },
  ({ tenant = '' }, path) => {
    const detail = 'must be a UUID and may not exceed a length of 64 characters';
    return String(tenant).length > 64 ? [fieldError.required(`${path}.tenant`, detail)] : [];
  },
  required('volume'),
);

const namespaceOfEndpoints: Rule = ({ endpointsNamespace: namespace }, path) => {
  const place = `${path}.endpointsNamespace`;
  if (namespace === undefined) return [];
  const detail = 'if the endpointnamespace is set, it must be a valid namespace name';
  return namespace === ''
    ? [fieldError.invalid(place, namespace, detail)]
    : invalidFor(namespace, place, dns1123LabelErrors);
};

/** Where a persistent volume may be, in the order in which kube-apiserver looks. Source: ValidatePersistentVolumeSpec. */
export const volumeSources: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['hostPath', all(required('path'), unbroken('path'), hostPathType)],
  // Its errors name it as it is called inside.
  [
    'gcePersistentDisk',
    (source, path) => gceDisk(source, path.replace(/gcePersistentDisk$/, 'persistentDisk')),
  ],
  ['awsElasticBlockStore', all(required('volumeID'), partition)],
  ['glusterfs', all(required('endpoints'), required('path'), namespaceOfEndpoints)],
  ['flocker', flocker],
  ['nfs', all(required('server'), required('path'), absolutePath)],
  ['rbd', all(requiredMembers('monitors'), required('image'))],
  ['quobyte', quobyte],
  ['cephfs', requiredMembers('monitors')],
  ['iscsi', iscsi],
  ['cinder', all(required('volumeID'), secretOf('secretRef'))],
  ['fc', fibreChannel],
  ['flexVolume', flexVolume],
  [
    'azureFile',
    all(required('secretName'), required('shareName'), ({ secretNamespace }, path) =>
      secretNamespace === '' ? [fieldError.required(`${path}.secretNamespace`)] : [],
    ),
  ],
  ['vsphereVolume', required('volumePath')],
  ['azureDisk', azureDisk],
  ['photonPersistentDisk', required('pdID')],
  ['portworxVolume', required('volumeID')],
  ['scaleIO', all(required('gateway'), required('system'), required('volumeName'))],
  ['local', all(required('path'), unbroken('path'))],
  ['storageos', all(required('volumeName'), secretOf('secretRef'))],
  [
    'csi',
    all(
      driverName('driver'),
      required('volumeHandle'),
      secretOf('controllerPublishSecretRef'),
      secretOf('controllerExpandSecretRef'),
      secretOf('nodePublishSecretRef'),
      secretOf('nodeExpandSecretRef'),
    ),
  ],
]);

function gceDisk(source: Record<string, unknown>, path: string): FieldError[] {
  return all(required('pdName'), partition)(source, path);
}

function absolutePath({ path: text = '' }: Record<string, unknown>, path: string): FieldError[] {
  return String(text).startsWith('/')
    ? []
    : [fieldError.invalid(`${path}.path`, text, 'must be an absolute path')];
}

function hostPathType(source: Record<string, unknown>, path: string): FieldError[] {
  return oneOf('type', hostPathTypes)(source, path);
}

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];
