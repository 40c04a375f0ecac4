import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'
import { withoutMap } from './own-source-map.ts'
import {
  dropErrors,
  dropRegionNames,
  inlineKeys,
  keepMembers,
  keepVersion,
  redirectTo,
  replaceBy,
  rulesOf,
  shareRules,
} from './rewrites.ts'

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

/** A file of a package, where Node finds it. */
const packaged = (path: string): string => createRequire(import.meta.url).resolve(path)

const core = '@smithy/core/dist-es/submodules'
const client = '@aws-sdk/core/dist-es/submodules/client'
const sigV4 = '@aws-sdk/core/dist-es/submodules/httpAuthSchemes/aws_sdk'

const rdsRules = '@aws-sdk/client-rds/dist-es/endpoint/bdd.js'
const asForRds = { host: 'rds', module: rdsRules, source: readFileSync(packaged(rdsRules), 'utf8') }

/** Of each service's largest structures, what the adapters send and read. */
export const membersRead = {
  'client-rds': {
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
      'VpcSecurityGroups',
      'DBSubnetGroup',
    ],
    DBSubnetGroup: ['DBSubnetGroupName', 'VpcId'],
  },
  'client-ec2': {
    NetworkInterface: ['NetworkInterfaceId', 'SubnetId', 'RequesterId', 'Groups', 'PrivateIpAddresses'],
    NetworkInterfacePrivateIpAddress: ['PrivateIpAddress'],
  },
  'client-elastic-load-balancing-v2': {
    Listener: ['ListenerArn', 'DefaultActions'],
    Action: ['Type', 'TargetGroupArn', 'ForwardConfig'],
    ModifyListenerInput: ['ListenerArn', 'DefaultActions'],
  },
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
  // The region's pattern names its partition.
  [`${client}/util-endpoints/lib/aws/partitions.js`]: dropRegionNames,
  // No client is given a logger.
  [`${client}/middleware-logger/loggerMiddleware.js`]: replaceBy({
    loggerMiddleware: 'undefined',
    loggerMiddlewareOptions: 'undefined',
    getLoggerPlugin: '() => ({ applyToStack: () => {} })',
  }),
  // Warns of a Node that is too old; what runs on Lambda is in the template.
  [`${client}/emitWarningIfUnsupportedVersion.js`]: replaceBy({
    state: '{}',
    emitWarningIfUnsupportedVersion: '() => {}',
  }),
  // Counts the features in use into the user agent.
  [`${client}/middleware-user-agent/check-features.js`]: replaceBy({ checkFeatures: 'async () => {}' }),
  [`${core}/endpoints/middleware-endpoint/service-customizations/s3.js`]: replaceBy({
    resolveParamsForS3: 'bucketNames',
    DOT_PATTERN: 'undefined',
    S3_HOSTNAME_PATTERN: 'undefined',
    isDnsCompatibleBucketName: 'bucketNames',
    isArnBucketName: 'bucketNames',
  }),
  // No member in use is a time: PutEvents says its own in the plain JSON codec.
  [`${core}/serde/schema-serde-lib/schema-date-utils.js`]: replaceBy({
    _parseEpochTimestamp: 'timestamps',
    _parseRfc3339DateTimeWithOffset: 'timestamps',
    _parseRfc7231DateTime: 'timestamps',
  }),
  [`${core}/serde/date-utils.js`]: replaceBy({
    dateToUtcString: 'timestamps',
    parseRfc3339DateTime: 'timestamps',
    parseRfc3339DateTimeWithOffset: 'timestamps',
    parseRfc7231DateTime: 'timestamps',
    parseEpochTimestamp: 'timestamps',
  }),
  // What a mode would choose, `createClients` says.
  [`${core}/config/defaults-mode/resolveDefaultsModeConfig.js`]: replaceBy({
    resolveDefaultsModeConfig: `() => async () => 'standard'`,
  }),
  [`${core}/client/smithy-client/defaults-mode.js`]: replaceBy({ loadConfigsForDefaultMode: '() => ({})' }),
  [`${core}/client/smithy-client/schemaLogFilter.js`]: replaceBy({ schemaLogFilter: 'loggedShapes' }),
  // Signs for several regions too.
  [`${sigV4}/AwsSdkSigV4ASigner.js`]: replaceBy({ AwsSdkSigV4ASigner: 'class {}' }),
  [`${sigV4}/resolveAwsSdkSigV4AConfig.js`]: replaceBy({
    resolveAwsSdkSigV4AConfig: 'config => config',
    NODE_SIGV4A_CONFIG_OPTIONS: '{}',
  }),
  // The fallbacks where Node was built without crypto.
  [`${core}/serde/uuid/v4.js`]: replaceBy({ bindV4: '() => () => crypto.randomUUID()' }),
  [`${core}/checksum/sha256/Sha256Js.js`]: replaceBy({ Sha256Js: 'undefined' }),
  // Only looked up outside Lambda.
  [`${core}/config/config-resolver/regionConfig/getInstanceMetadataRegion.js`]: replaceBy({
    getInstanceMetadataRegion: 'async () => undefined',
  }),
  ...service('client-elastic-load-balancing-v2', [
    'HealthUnavailableException',
    'InvalidTargetException',
    'ListenerNotFoundException',
    'TargetGroupNotFoundException',
    'TooManyRegistrationsForTargetIdException',
    'TooManyTargetsException',
  ]),
  ...service('client-rds', ['DBClusterNotFoundFault', 'DBInstanceNotFoundFault']),
  ...service('client-eventbridge', ['InternalException']),
  // One set of rules, under three host names.
  [rdsRules]: shareRules('rds'),
  '@aws-sdk/client-ec2/dist-es/endpoint/bdd.js': rulesOf('ec2', asForRds),
  '@aws-sdk/client-elastic-load-balancing-v2/dist-es/endpoint/bdd.js': rulesOf('elasticloadbalancing', asForRds),
  // EC2 models no errors: whatever it says arrives under the code of the wire.
  ...service('client-ec2', []),
}

/** A service's generated code with the errors of the operations in use, and of large structures the members in use. */
function service(name: string, errors: readonly string[]): Trim {
  const structures: Readonly<Record<string, readonly string[]>> = new Map(Object.entries(membersRead)).get(name) ?? {}
  const trimSchemas = (source: string) => {
    const whole = inlineKeys(errors.length === 0 ? source : dropErrors(source, errors))
    return Object.entries(structures).reduce((rest, [shape, members]) => keepMembers(rest, shape, members), whole)
  }
  return {
    [`@aws-sdk/${name}/dist-es/schemas/schemas_0.js`]: trimSchemas,
    // No client is given an extension, and without one the configuration comes back as it was.
    [`@aws-sdk/${name}/dist-es/runtimeExtensions.js`]: replaceBy({ resolveRuntimeExtensions: 'config => config' }),
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
