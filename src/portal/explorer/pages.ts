/** A part of a long list, as addresses count them. */
export interface Paged<T> {
  readonly items: readonly T[];
  /** From 1. */
  readonly page: number;
  readonly pages: number;
  readonly total: number;
}

export const PAGE_SIZE = 50;

/** @param wanted the address's parameter: a number from 1; anything else means the first, too high a one the last */
export function paged<T>(all: readonly T[], wanted: string | null): Paged<T> {
  const pages = Math.max(1, Math.ceil(all.length / PAGE_SIZE));
  const page = Math.min(pages, /^[1-9]\d{0,6}$/.test(wanted ?? '') ? Number(wanted) : 1);
  return { items: all.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE), page, pages, total: all.length };
}
