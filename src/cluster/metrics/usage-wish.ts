import type { KubeObject } from '../resources/index.ts';
import { isQuantity } from '../schema/index.ts';

/** What each container of a pod uses: `cpu=250m,memory=64Mi`, or shares of what it asks for: `cpu=90%`. */
export const usageAnnotation = 'sallyport.dev/usage';

/** What all pods of a workload use together, of which each has its part: `cpu=2,memory=1Gi`. */
export const loadAnnotation = 'sallyport.dev/load';

export type Amount =
  | { readonly type: 'share'; readonly share: number }
  /** Of which this is one of so many equal parts; all of it when absent. */
  | { readonly type: 'quantity'; readonly quantity: string; readonly divisor?: number };

export interface Wish {
  readonly cpu?: Amount;
  readonly memory?: Amount;
}

/** What cannot be read is passed over: an annotation is no field that the API could refuse. */
export function readWish({ metadata }: KubeObject, annotation: string): Wish {
  const terms = (metadata.annotations?.[annotation] ?? '').split(',').map((term) => term.split('=', 2));
  const entries = terms.flatMap(([name = '', text = '']) => {
    const amount = amountOf(text.trim());
    return ['cpu', 'memory'].includes(name.trim()) && amount !== undefined ? [[name.trim(), amount]] : [];
  });
  return Object.fromEntries(entries) as Wish;
}

function amountOf(text: string): Amount | undefined {
  const percent = /^(\d{1,6})%$/.exec(text)?.[1];
  if (percent !== undefined) return { type: 'share', share: Number(percent) / 100 };
  return isQuantity(text) && !text.startsWith('-') ? { type: 'quantity', quantity: text } : undefined;
}
