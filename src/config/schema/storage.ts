import { z } from 'zod';

const encryptionKey = {
  keyFile: z
    .string()
    .min(1)
    .optional()
    .describe('File with a key of 32 bytes in base64 or hex. One of `keyFile` and `keyEnv` is needed.'),
  keyEnv: z.string().min(1).optional().describe('Environment variable that holds it.'),
};

const oneKey = (key: { keyFile?: string | undefined; keyEnv?: string | undefined }) =>
  (key.keyFile === undefined) !== (key.keyEnv === undefined);
const ONE_KEY = 'expected keyFile or keyEnv';

const encryption = z
  .strictObject({
    ...encryptionKey,
    previous: z
      .array(z.strictObject(encryptionKey).refine(oneKey, ONE_KEY))
      .default([])
      .describe('Keys from before: what they have encrypted is read, and encrypted anew at start.'),
  })
  .refine(oneKey, ONE_KEY)
  .meta({
    description:
      'Encrypts the signing keys, those of the embedded API too, and the secrets behind cookies and forms, in the storage.',
    whenAbsent: 'they lie there in clear',
  });

const ENDPOINT = /^(?:https?:\/\/)?(?:\[[0-9a-fA-F:.]+\]|[^\s/:?#@[\]]+):\d{1,5}\/?$/;

const file = (what: string) => z.string().min(1).optional().describe(what);

const etcd = z
  .strictObject({
    endpoints: z
      .array(z.string().regex(ENDPOINT, 'expected the client URL of a member, such as https://10.0.0.1:2379'))
      .min(1, 'expected at least one client URL, such as https://10.0.0.1:2379')
      .describe(
        'Of `etcd`. Client URLs of the members of etcd 3.4 or later; one is asked until it fails, then the next. Its JSON gateway (`--enable-grpc-gateway`, on by default) is what is used.',
      ),
    namespace: z
      .string()
      .default('sallyport/')
      .describe(
        'Of `etcd`, as all that follow. What every key in it begins with. `""` for an etcd of its own.',
      ),
    username: z.string().min(1).optional().describe('A user of etcd that may read and write the namespace.'),
    password: z.string().min(1).optional().describe('Its password; needs `username`.'),
    ssl: z
      .strictObject({
        serverName: z.string().min(1).optional().meta({
          description: "The name in the members' certificates.",
          whenAbsent: 'the host of the endpoint',
        }),
        caFile: file("Whom the members' certificates must come from, in PEM."),
        certFile: file('A client certificate, in PEM; needs `keyFile`.'),
        keyFile: file('Its key, in PEM.'),
      })
      .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
        message: 'expected certFile and keyFile together',
      })
      .optional()
      .describe('How the members are known, and this server to them; for `https` endpoints.'),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    path: ['username'],
    message: 'expected username and password together',
  })
  .refine(({ ssl, endpoints }) => ssl === undefined || !endpoints.some((url) => url.startsWith('http:')), {
    path: ['ssl'],
    message: 'ssl is for https endpoints; write https:// in endpoints, or remove ssl',
  });

/** The keys of a Dex configuration file (dexidp/dex cmd/dex/config.go, storage/etcd/config.go), strict. */
export const storage = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z
        .literal('memory')
        .describe(
          '`sqlite3`: one file, for one process. `etcd`: for any number of processes. `memory`: all is lost at the end of the process.',
        ),
      config: z.strictObject({}).optional(),
    }),
    z.strictObject({
      type: z.literal('sqlite3'),
      config: z
        .strictObject({
          file: z.string().min(1).describe('Of `sqlite3`. Relative to the working directory, as in Dex.'),
          synchronous: z
            .enum(['full', 'normal'])
            .default('full')
            .describe(
              'Of `sqlite3`. `full`: what was acknowledged survives a power cut. `normal`: it survives the end of the process, however it ends, but a power cut may take the last of it.',
            ),
        })
        .optional(),
      encryption: encryption.optional(),
    }),
    z.strictObject({
      type: z.literal('etcd'),
      config: etcd,
      encryption: encryption.optional(),
    }),
  ],
  'expected type sqlite3, etcd, or memory; other storages are not served by this version: sqlite3 is for one process, etcd for several',
);
