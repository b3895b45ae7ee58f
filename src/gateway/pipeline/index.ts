/**
 * The way of a request through the second door: one object that travels from step to step, a file for each. Owns the order
 * and what happens to a request that fails a step; what a step asks (tokens, rights, turns, the target) is its neighbours'.
 */
export { createPipeline, type Pipeline } from './pipeline.ts';
export type { PipelineDeps, PipelineLog } from './pipeline-deps.ts';
