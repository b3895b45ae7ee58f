/** How asking an API server fails, for those who ask in another way than over HTTP. */
export { ApiError } from '../kubeconfig-errors.ts';
