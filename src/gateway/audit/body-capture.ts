/** Keeps a body that passes by, up to a limit; beyond it, nothing. It never changes what passes. */
export class BodyCapture {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #length = 0;
  #tooLarge = false;

  /** @param limit bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get tooLarge(): boolean {
    return this.#tooLarge;
  }

  /** Takes one chunk. It is not copied: the caller must not write into it afterwards. */
  add(chunk: Uint8Array): void {
    if (this.#tooLarge) return;
    this.#length += chunk.length;
    if (this.#length > this.#limit) {
      this.#tooLarge = true;
      this.#chunks = [];
    } else {
      this.#chunks.push(chunk);
    }
  }

  /** What was kept; undefined when there was nothing or too much. */
  text(): string | undefined {
    return this.#length === 0 || this.#tooLarge ? undefined : Buffer.concat(this.#chunks).toString('utf8');
  }
}
