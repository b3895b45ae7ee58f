import { inject } from 'vitest';
import type { Terminal } from './kubectl.ts';
import { openTerminalAs } from './own-kubeconfig.ts';
import { type Sallyport, startSallyport } from './sallyport.ts';
import { startTokenIssuer } from './token-issuer.ts';
import type { KubectlVersion } from './tools.ts';

/** The started product, where people are who an issuer of the test's says: nobody has to sign in. */
export interface TrustedTokens {
  /** As it is now. */
  sallyport(): Sallyport;
  /** A terminal of this person's; their namespace is `dev`. */
  open(version: KubectlVersion, username: string, groups: readonly string[]): Promise<Terminal>;
  /** SIGKILL, and a start on the same data and ports. */
  killAndRestart(): Promise<void>;
  /** Of the product and of all terminals. */
  dispose(): Promise<void>;
}

export async function startTrustingTokens(): Promise<TrustedTokens> {
  const issuer = await startTokenIssuer();
  let sallyport = await startSallyport((config) => config, {
    files: { 'config/demo/authentication.yaml': issuer.authenticationConfiguration },
  });
  const terminals: Terminal[] = [];
  return {
    sallyport: () => sallyport,
    async open(version, username, groups) {
      const token = await issuer.token(username, groups);
      const terminal = await openTerminalAs(sallyport, inject('kubectl')[version], { token });
      terminals.push(terminal);
      return terminal;
    },
    async killAndRestart() {
      await sallyport.kill();
      sallyport = await sallyport.restart();
    },
    async dispose() {
      await Promise.all(terminals.map((terminal) => terminal.dispose()));
      await sallyport.dispose();
      issuer.close();
    },
  };
}
