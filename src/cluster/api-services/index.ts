/**
 * The APIServices of what this server serves itself: one a group version, with custom resources' among them. Other servers'
 * APIs are not asked for; an APIService that names a service is kept as it is.
 */
export { keepApiServices } from './keep-api-services.ts';
