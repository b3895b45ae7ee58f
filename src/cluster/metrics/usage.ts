import { addQuantities, asJsonObject, quantityRatio } from '../schema/index.ts';

/** What is used at a moment. */
export interface Usage {
  /** Nanocores, whole. */
  readonly cpu: number;
  /** Bytes, whole. */
  readonly memory: number;
}

export function addUsage(a: Usage, b: Usage): Usage {
  return { cpu: a.cpu + b.cpu, memory: a.memory + b.memory };
}

/** In the quantities that a metrics-server writes. */
export function usageQuantities({ cpu, memory }: Usage): { readonly cpu: string; readonly memory: string } {
  return { cpu: `${Math.round(cpu)}n`, memory: `${Math.ceil(memory / 1024)}Ki` };
}

/** The sum of what is written so. */
export function totalOf(all: readonly unknown[]): { readonly cpu: string; readonly memory: string } {
  const sum = (name: string) =>
    all.reduce<string>((total, each) => addQuantities(total, String(asJsonObject(each)[name] ?? '0')), '0');
  return { cpu: sum('cpu'), memory: sum('memory') };
}

/** A quantity of cores as nanocores. */
export function nanocores(quantity: string): number {
  return Math.round(quantityRatio(quantity, '1') * 1e9);
}

export function bytes(quantity: string): number {
  return Math.round(quantityRatio(quantity, '1'));
}
