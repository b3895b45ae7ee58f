/**
 * All clusters at once: a list is asked of each of them, as if its caller had asked there, and the answers are told as one.
 * Owns what can be asked that way, the order, the labels, the warnings of who is missing and the continue tokens. Does not
 * own any decision: those are each cluster's own.
 */
export { createScatter, type Scatter, type ScatteredCluster } from './scatter.ts';
