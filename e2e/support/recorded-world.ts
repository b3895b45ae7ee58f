import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

function deployment(name: string, app: string, image: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, labels: { app: ${app} } }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${app} } }
  template:
    metadata: { labels: { app: ${app} } }
    spec: { containers: [{ name: c, image: '${image}' }] }
`;
}

function pod(name: string, app: string): string {
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${app} } }
spec: { containers: [{ name: c, image: nginx }] }
`;
}

function configMap(name: string, value = '1'): string {
  return `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data: { a: '${value}' }
`;
}

const files: Readonly<Record<string, string>> = {
  'pod.yaml': pod('p1', 'p1'),
  'dep.yaml': deployment('d1', 'd1', 'nginx:1'),
  'dep2.yaml': deployment('d1', 'd1', 'nginx:2'),
  'cm.yaml': configMap('cm1'),
  'world.yaml': `${pod('web-0', 'web')}---\n${configMap('cfg')}`,
  'chart/Chart.yaml': 'apiVersion: v2\nname: demo\nversion: 0.1.0\n',
  'chart/values.yaml': 'image: nginx:1\n',
  'chart/templates/cm.yaml': configMap('{{ .Release.Name }}-cm', '{{ .Values.image }}'),
  'chart/templates/dep.yaml': deployment('{{ .Release.Name }}-dep', 'demo', '{{ .Values.image }}'),
  'chart/templates/svc.yaml': `apiVersion: v1
kind: Service
metadata: { name: {{ .Release.Name }}-svc }
spec: { selector: { app: demo }, ports: [{ port: 80 }] }
`,
  'chart/templates/hook.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
`,
};

/** Writes what the recorded commands read; `world.yaml` is what was there before the first of them. */
export async function writeRecordedWorld(directory: string): Promise<void> {
  await mkdir(join(directory, 'chart/templates'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
}
