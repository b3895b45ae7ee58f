import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILES: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 0.1.0\n',
  'values.yaml': 'colour: blue\nreplicas: 1\n',
  'templates/configmap.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }} }
data: { colour: {{ .Values.colour }} }
`,
  'templates/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Release.Name }}, labels: { app: shop } }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers: [{ name: shop, image: nginx }]
`,
  'templates/NOTES.txt': 'The shop is {{ .Values.colour }}.\n',
};

/** Writes a small chart, a ConfigMap and a Deployment, into a directory, and gives its path. */
export async function writeChart(directory: string): Promise<string> {
  const chart = join(directory, 'shop');
  await mkdir(join(chart, 'templates'), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(chart, name), text);
  return chart;
}
