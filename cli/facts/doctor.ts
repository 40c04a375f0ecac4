import { createDns } from '../../functions/reconciler/adapters/dns.ts'
import { groupsOf } from '../../functions/reconciler/config/front-doors.ts'
import type { Config } from '../../functions/reconciler/config.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { gatherDatabase, type Place, placeOf } from './database.ts'
import { gatherDeadLetters } from './dead-letters.ts'
import type { DoctorFacts, DoorFacts } from './doctor-facts.ts'
import { gatherEndpointServices } from './endpoint-services.ts'
import { configOf, type FunctionFacts, gatherFunction, gatherPermissions, whyNoConfig } from './function.ts'
import { andThen, type Gathered, known, none, together } from './gathered.ts'
import { gatherHostedZones } from './hosted-zones.ts'
import { gatherListeners, gatherLoadBalancer } from './load-balancer.ts'
import { neededActions } from './needed-actions.ts'
import { gatherParameters } from './parameters.ts'
import { gatherRedshiftCluster } from './redshift-cluster.ts'
import { gatherGroups } from './security-groups.ts'
import { gatherStack } from './stack.ts'
import { gatherTargetGroup, gatherTargets } from './target-groups.ts'
import { gatherFunctionSubnets, gatherSubnets, gatherVpcDns, gatherVpcDnsServers } from './vpc.ts'
import { gatherVpcEndpoints } from './vpc-endpoints.ts'
import { gatherRules, gatherSchedules } from './wake.ts'

export interface GatherDoctorOptions {
  readonly clients: Clients
  readonly database: DatabaseSettings
  readonly clientKeepaliveSeconds?: number
  /** Epoch milliseconds. */
  readonly nowMs: number
}

interface Door extends DoorFacts {
  readonly groupArn: Gathered<string>
}

/**
 * Reads everything that the checks judge: one value for each target group. What cannot be read stays unknown, with the
 * reason; nothing is written.
 *
 * @throws what stops every call: no credentials, no Region, an interruption.
 */
export const gatherDoctor = async (options: GatherDoctorOptions): Promise<readonly DoctorFacts[]> => {
  const { clients, database } = options
  const [lambda, rds] = await Promise.all([gatherFunction(clients, database), gatherDatabase(clients, database)])
  const place = placeOf(rds, database)
  const config = lambda.kind === 'known' ? configOf(lambda.value) : undefined
  const doors = doorsOf(database, config, lambda)
  const groups = await Promise.all(
    doors.map(async ({ groupArn, ...door }) => {
      const [targetGroup, targets] = await Promise.all([
        gatherTargetGroup(clients, groupArn),
        gatherTargets(clients, groupArn),
      ])
      return { door, targetGroup, targets }
    }),
  )
  const first = groups[0]?.targetGroup ?? none('There is no target group.')
  const named = database.frontDoor.kind === 'existing' ? database.frontDoor.loadBalancerArn : undefined
  const loadBalancer = await gatherLoadBalancer(clients, first, named)
  const groupArns = doors.flatMap(({ groupArn }) => (groupArn.kind === 'known' ? [groupArn.value] : []))
  const region = database.env.region ?? clients.region ?? ''
  const needed = neededActions(database, resourcesOf(database, config, groupArns))
  const shared = {
    settings: database,
    ...(options.clientKeepaliveSeconds === undefined ? {} : { clientKeepaliveSeconds: options.clientKeepaliveSeconds }),
    database: rds,
    lambda,
    loadBalancer,
    ...(await together({
      redshiftCluster: gatherRedshiftCluster(clients, database),
      parameters: gatherParameters(clients, database, rds),
      listeners: gatherListeners(clients, loadBalancer, groupArns),
      databaseGroups: gatherGroups(clients, await andThen(place, groupIdsOf(database))),
      balancerGroups: gatherGroups(clients, await andThen(loadBalancer, it => known(it.securityGroupIds))),
      databaseSubnets: gatherSubnets(clients, place),
      vpcDns: gatherVpcDns(clients, place),
      vpcDnsServers: gatherVpcDnsServers(clients, place),
      stack: gatherStack(clients, database),
      endpointServices: gatherEndpointServices(clients, loadBalancer),
      functionSubnets: gatherFunctionSubnets(clients, lambda),
      vpcEndpoints: gatherVpcEndpoints(clients, lambda),
      permissions: gatherPermissions(clients, lambda, needed),
      rules: gatherRules(clients, database),
      schedules: gatherSchedules(clients, database, options.nowMs),
      deadLetters: gatherDeadLetters(clients, database),
      hostedZones: gatherHostedZones(clients, place, region),
      answer: resolve(database.endpoint, config?.dnsServers ?? database.dnsServers),
    })),
  }
  return groups.map(group => ({ ...shared, ...group }))
}

/** Without a group there is no rule to read, which is not a rule that is missing. */
const groupIdsOf =
  ({ kind }: DatabaseSettings) =>
  ({ securityGroupIds }: Place): Gathered<readonly string[]> =>
    kind === 'hostname' && securityGroupIds.length === 0
      ? none('The settings name no security group of the host (frontDoor.databaseSecurityGroupId): compare it by hand.')
      : known(securityGroupIds)

const resolve = async (name: string, servers: readonly string[]): Promise<DoctorFacts['answer']> =>
  known(await createDns({ servers }).resolve(name))

const whyUnknown = {
  known: whyNoConfig,
  none: 'there is no function to ask',
} as const

/** The function's own configuration tells which target groups it keeps: the settings do not know created ones. */
const doorsOf = (
  { frontDoor }: DatabaseSettings,
  config: Config | undefined,
  lambda: Gathered<FunctionFacts>,
): readonly Door[] => {
  if (config !== undefined) {
    return config.frontDoors.flatMap(door =>
      groupsOf(door).map(arn => ({
        role: door.role,
        strategy: door.strategy,
        ...('listenerArn' in door ? { listenerArn: door.listenerArn } : {}),
        groupArn: known(arn),
      })),
    )
  }
  const groupArn: Gathered<string> =
    frontDoor.kind === 'existing'
      ? known(frontDoor.targetGroupArn)
      : lambda.kind === 'unknown'
        ? lambda
        : { kind: 'unknown', why: `Which target group is kept is not known: ${whyUnknown[lambda.kind]}.` }
  return [{ role: 'writer', strategy: 'swap', groupArn }]
}

const resourcesOf = (
  { arn, env, eventBus }: DatabaseSettings,
  config: Config | undefined,
  groupArns: readonly string[],
) => {
  const isArn = eventBus.startsWith('arn:')
  const partition = arn?.split(':')[1] ?? 'aws'
  const { account, region } = env
  const busArn = isArn
    ? eventBus
    : account && region
      ? `arn:${partition}:events:${region}:${account}:event-bus/${eventBus}`
      : undefined
  return { doors: config?.frontDoors ?? [], groupArns, ...(busArn === undefined ? {} : { busArn }) }
}
