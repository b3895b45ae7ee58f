/** What an object gets from outside when it is written. The caller owns uniqueness. */
export interface Allocators {
  /** Five random characters, as generateName appends. */
  randomSuffix(): string;
  /** A free service IP. */
  clusterIP(): string;
  /** A free port of 30000-32767. */
  nodePort(): number;
}
