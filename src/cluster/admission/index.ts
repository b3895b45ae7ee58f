/**
 * What kube-apiserver's admission plugins do that look at other objects than the one that is written: limit ranges and
 * priority classes. What needs none is `schema/prepare`; what a quota has left is `quota`.
 */
export { type Admission, admissionOf } from './admission.ts';
export { followSurroundings, type Surroundings } from './surroundings.ts';
