/** What is written to the terminal's home before the commands run; `<namespace>` stands for the terminal's. */
export const files: Readonly<Record<string, string>> = {
  'pod.yaml': `
apiVersion: v1
kind: Pod
metadata: { name: p1, labels: { app: p1 } }
spec: { containers: [{ name: c, image: nginx }] }
`,
  'dep.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: { name: d1, labels: { app: d1 } }
spec:
  replicas: 2
  selector: { matchLabels: { app: d1 } }
  template:
    metadata: { labels: { app: d1 } }
    spec: { containers: [{ name: c, image: 'nginx:1' }] }
`,
  'dep2.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: { name: d1, labels: { app: d1, more: before } }
spec:
  replicas: 2
  selector: { matchLabels: { app: d1 } }
  template:
    metadata: { labels: { app: d1 } }
    spec: { containers: [{ name: c, image: 'nginx:2' }] }
`,
  'cm.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: { name: applied }
data: { a: b }
`,
  'unknown.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: { name: unknown }
spec: { a: b }
`,
  'rbac.yaml': `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reconciled, namespace: <namespace> }
rules: [{ apiGroups: [''], resources: [pods], verbs: [get] }]
`,
  'rbac2.yaml': `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reconciled, namespace: <namespace> }
rules: [{ apiGroups: [''], resources: [pods], verbs: [get, list] }]
`,
  'server-side.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: { name: server-side }
data: { a: b }
`,
  'server-side2.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: { name: server-side }
data: { a: c }
`,
  'migrated.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: { name: migrated }
data: { a: b }
`,
  'held.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: { name: held, finalizers: [example.com/held] }
`,
  'counter.yaml': `
apiVersion: v1
kind: Pod
metadata: { name: counter, annotations: { sallyport.dev/log-interval: 100ms } }
spec: { containers: [{ name: c, image: busybox, stdin: true }] }
`,
  'widget.yaml': `
apiVersion: example.com/v1
kind: Widget
metadata: { name: w }
spec: { size: 1 }
`,
  'widget2.yaml': `
apiVersion: example.com/v1
kind: Widget
metadata: { name: w }
spec: { size: 2 }
`,
  'sts.yaml': `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: s1 }
spec:
  replicas: 1
  serviceName: s1
  selector: { matchLabels: { app: s1 } }
  template:
    metadata: { labels: { app: s1 } }
    spec: { containers: [{ name: c, image: 'nginx:1' }] }
`,
};

/** What all of a cluster share: a kind that is no built-in one. */
export const widgets = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { plural: widgets, kind: Widget }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: { spec: { type: object, properties: { size: { type: integer } } } }
`;
