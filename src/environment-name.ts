/** The environment variable that stands for a flag of either program: `--client-id` is also SALLYPORT_CLIENT_ID. */
export function environmentName(flag: string): string {
  return `SALLYPORT_${flag.toUpperCase().replaceAll('-', '_')}`;
}
