import type { FrontendConfig } from '../identity-deps.ts';
import { type Assets, createAssets } from './assets.ts';
import { createPageContext, type PageContext, type PageContextDeps } from './page-context.ts';

/** How the pages look, as it is configured. */
export interface Frontend {
  readonly assets: Assets;
  readonly context: PageContext;
  /** What the service is called, on pages and in authenticator apps. */
  name(): string;
  logoURL(): string | undefined;
  /** From now on every page looks like this. */
  replace(config: FrontendConfig | undefined): void;
}

export interface FrontendDeps {
  readonly issuer: string;
  /** Path prefix of the issuer. */
  readonly base: string;
  readonly config: FrontendConfig | undefined;
  readonly language: PageContextDeps['language'];
}

export function openFrontend({ issuer, base, config, language }: FrontendDeps): Frontend {
  let current = config ?? {};
  const name = () => current.issuer ?? 'Sallyport';
  const assets = createAssets(current.accentColor);
  const context = createPageContext({
    issuer,
    base,
    look: () => ({ ...current, name: name(), stylesheets: assets.stylesheets() }),
    scripts: assets.scripts,
    language,
  });
  return {
    assets,
    context,
    name,
    logoURL: () => current.logoURL,
    replace(next = {}) {
      current = next;
      assets.replaceAccent(next.accentColor);
      context.lookAnew();
    },
  };
}
