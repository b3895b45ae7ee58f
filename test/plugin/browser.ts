// A browser for --browser-command: follows the redirects of the URL it is given, as a signed-in user's would. It also
// writes to both streams, as real ones do, to show that nothing of it reaches the plugin's.
console.log('a browser talks on stdout');
console.error('and on stderr');
const response = await fetch(process.argv.at(-1) ?? '');
await response.text();
