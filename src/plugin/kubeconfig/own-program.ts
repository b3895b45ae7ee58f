import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../package-root.ts';

/**
 * What a kubeconfig of this machine runs for a token. The path always leads here, and programs with windows do not have the
 * PATH of a shell; Windows gives them the same, and what starts there is the wrapper that npm has put on it.
 */
export function ownProgram(platform: NodeJS.Platform): string {
  if (platform === 'win32') return 'kubectl-sallyport';
  return fileURLToPath(new URL('bin/kubectl-sallyport', packageRoot));
}
