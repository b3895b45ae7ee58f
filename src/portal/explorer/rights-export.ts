import type { Grant, WhatCan } from '../../rbac/index.ts';

const COLUMNS = [
  'namespace',
  'apiGroup',
  'resource',
  'names',
  'verbs',
  'subject',
  'binding',
  'role',
] as const;

/** Rights with the grants that they are owed to, a line each (RFC 4180). */
export function rightsCsv({ rows, paths }: WhatCan): string {
  const lines = [
    ...rows.flatMap((row) =>
      row.grants.map((grant) => [
        row.namespace,
        row.apiGroup,
        row.resource,
        row.resourceNames.join(' '),
        verbsOf(grant),
        ...held(grant),
      ]),
    ),
    ...paths.flatMap(({ path, grants }) =>
      grants.map((grant) => ['', '', path, '', verbsOf(grant), ...held(grant)]),
    ),
  ];
  return [COLUMNS, ...lines].map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

/** As `sallyport what-can -o json` prints it. */
export function rightsJson(rights: WhatCan): string {
  return `${JSON.stringify({ apiVersion: 'sallyport.dev/v1alpha1', kind: 'WhatCanResult', ...rights }, undefined, 2)}\n`;
}

function verbsOf({ rule }: Grant): string {
  return (rule.verbs ?? []).join(' ');
}

function held({ subject, binding, role }: Grant): string[] {
  return [`${subject.kind} ${subject.name}`, objectText(binding), objectText(role)];
}

function objectText({ kind, namespace, name }: Grant['binding']): string {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** What spreadsheets would take for a formula gets a quote before it; somebody else may have chosen the name. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
