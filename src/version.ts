import manifest from '../package.json' with { type: 'json' };

/** The product's version, from package.json. */
export const version: string = manifest.version;

/** The Kubernetes version whose API the embedded one speaks. */
export const kubernetesVersion = {
  major: '1',
  minor: '35',
  gitVersion: `v1.35.3+sallyport-${manifest.version}`,
} as const;
