import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'
import { withoutMap } from './own-source-map.ts'
import { dropErrors, inlineKeys, keepMembers, keepVersion, redirectTo, replaceBy } from './rewrites.ts'

/**
 * Leaves out of the bundle what the reconciler never reaches in the AWS SDK: half of its bytes. Client options cannot
 * do it, because the SDK's defaults name these modules in expressions that a bundler has to keep.
 *
 * Every rule has to find its module, and in it every name it relies on; otherwise the build fails. An SDK that is cut
 * differently then stops the build instead of shipping a bundle that breaks in Lambda.
 */

/** A module's path inside `node_modules`, and what becomes of its source. @throws Error where the source is not as expected. */
export type Trim = Readonly<Record<string, (source: string) => string>>

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

const core = '@smithy/core/dist-es/submodules'

/** Of the RDS API's largest structures, what `adapters/rds.ts` may read. */
export const membersRead = {
  DBCluster: [
    'DBClusterIdentifier',
    'DBClusterArn',
    'Status',
    'Endpoint',
    'ReaderEndpoint',
    'Port',
    'DBClusterMembers',
  ],
  DBInstance: [
    'DBInstanceIdentifier',
    'DBInstanceArn',
    'DBInstanceStatus',
    'DBClusterIdentifier',
    'Endpoint',
    'MultiAZ',
  ],
} as const

export const sdkTrim: Trim = {
  // The default chain: profiles, SSO, web identity, instance metadata. `createClients` passes the environment's.
  '@aws-sdk/credential-provider-node/dist-es/index.js': replaceBy({ defaultProvider: 'credentialChain' }),
  // Signs for several regions, which only EventBridge's global endpoints ask for; otherwise it hands on to SignatureV4.
  '@aws-sdk/signature-v4-multi-region/dist-es/index.js': redirectTo(
    'SignatureV4MultiRegion',
    '@smithy/signature-v4',
    'SignatureV4',
  ),
  // No operation in use streams events.
  [`${core}/event-streams/index.js`]: replaceBy({
    EventStreamSerde: 'eventStreams',
    eventStreamSerdeProvider: 'eventStreams',
  }),
  // The clients make one attempt a call; the reconcile loop tries again.
  [`${core}/retry/index.js`]: replaceBy({
    DEFAULT_RETRY_MODE: `'standard'`,
    RETRY_MODES: `{ STANDARD: 'standard', ADAPTIVE: 'adaptive' }`,
    NODE_MAX_ATTEMPT_CONFIG_OPTIONS: '{}',
    NODE_RETRY_MODE_CONFIG_OPTIONS: '{}',
    resolveRetryConfig: 'config => config',
    // Its place in the stack stays: the signer asks to be put behind it.
    getRetryPlugin: `() => ({ applyToStack: stack => stack.add(next => args => next(args), { name: 'retryMiddleware', step: 'finalizeRequest', priority: 'high', tags: ['RETRY'], override: true }) })`,
  }),
  [`${core}/protocols/json/codec-v2/JsonCodec2.js`]: redirectTo('JsonCodec2', here('plain-json-codec.ts')),
  // Signs event streams.
  '@smithy/signature-v4/dist-es/HeaderFormatter.js': replaceBy({ HeaderFormatter: 'class {}' }),
  // Lambda has no ~/.aws, and a rehearsal must not read the developer's.
  [`${core}/config/shared-ini-file-loader/loadSharedConfigFiles.js`]: replaceBy({
    CONFIG_PREFIX_SEPARATOR: `'.'`,
    loadSharedConfigFiles: 'async () => ({ configFile: {}, credentialsFile: {} })',
  }),
  // The fallback where Node was built without crypto.
  [`${core}/checksum/sha256/Sha256Js.js`]: replaceBy({ Sha256Js: 'undefined' }),
  // Only looked up outside Lambda.
  [`${core}/config/config-resolver/regionConfig/getInstanceMetadataRegion.js`]: replaceBy({
    getInstanceMetadataRegion: 'async () => undefined',
  }),
  ...service('client-elastic-load-balancing-v2', [
    'HealthUnavailableException',
    'InvalidTargetException',
    'TargetGroupNotFoundException',
    'TooManyRegistrationsForTargetIdException',
    'TooManyTargetsException',
  ]),
  ...service('client-rds', ['DBClusterNotFoundFault', 'DBInstanceNotFoundFault'], membersRead),
  ...service('client-eventbridge', ['InternalException']),
}

/** A service's generated code with the errors of the operations in use, and of large structures the members in use. */
function service(
  name: string,
  errors: readonly string[],
  structures: Readonly<Record<string, readonly string[]>> = {},
): Trim {
  const trimSchemas = (source: string) => {
    const whole = inlineKeys(dropErrors(source, errors))
    return Object.entries(structures).reduce((rest, [shape, members]) => keepMembers(rest, shape, members), whole)
  }
  return {
    [`@aws-sdk/${name}/dist-es/schemas/schemas_0.js`]: trimSchemas,
    [`@aws-sdk/${name}/package.json`]: keepVersion,
  }
}

/** An esbuild plugin that applies `trim`, and fails the build where a rule finds nothing to do. */
export const trimSdk = (trim: Trim = sdkTrim): Plugin => ({
  name: 'trim-sdk',
  setup(build) {
    const unused = new Set(Object.keys(trim))
    build.onLoad({ filter: /[\\/]node_modules[\\/].*\.js(on)?$/ }, async ({ path }) => {
      const module = path.replaceAll('\\', '/').split('/node_modules/').at(-1) ?? path
      const rewrite = trim[module]
      if (!rewrite) return undefined
      unused.delete(module)
      const loader = module.endsWith('.json') ? 'json' : 'js'
      try {
        const contents = rewrite(await readFile(path, 'utf8'))
        return loader === 'js' ? { contents: withoutMap(contents), loader } : { contents, loader }
      } catch (error) {
        return { errors: [{ text: `${module}: ${(error as Error).message}; revise functions/build/trim-sdk.ts` }] }
      }
    })
    build.onEnd(() => ({
      errors: [...unused].map(module => ({
        text: `${module} is no longer part of the bundle; revise functions/build/trim-sdk.ts`,
      })),
    }))
  },
})
