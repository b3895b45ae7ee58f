/**
 * Node.js 24's tls module is left half-loaded in a worker that comes to its parts in another order than by its name:
 * `tls.createSecureContext` is then undefined for every test file of that worker. So it is loaded by name first.
 */
import 'node:tls';
