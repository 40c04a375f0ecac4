/**
 * What needs what in a database's stack, and what survives what. CloudFormation makes a part after everything that it
 * needs, and removes it before: what no dependency orders, it makes and removes side by side. The constructs take their
 * dependencies from here (constructs/load-balancer-path.ts); tests hold every variant of the settings to it.
 */

/** The parts of the path through the load balancer. Not every stack has them all. */
export const parts = [
  'network',
  'database-rules',
  'dead-letters',
  'function',
  'wake-rules',
  'hand-over',
  'writer-listener',
  'readers-listener',
  'seed',
  'schedule',
  'first-tick',
  'alarms',
  'endpoint-service',
] as const
export type Part = (typeof parts)[number]

export interface Need {
  readonly part: Part
  readonly needs: readonly Part[]
  /** With `weighted` the function knows the writer's listener by its ARN, so the listener cannot wait for it. */
  readonly notWithWeighted?: readonly Part[]
  readonly why: string
}

export const needs: readonly Need[] = [
  {
    part: 'function',
    needs: ['network'],
    why: 'Before its endpoints and rules stand a run ends in timeouts, and after they are gone it does again.',
  },
  {
    part: 'writer-listener',
    needs: ['network', 'database-rules', 'hand-over', 'function', 'wake-rules'],
    notWithWeighted: ['hand-over', 'function', 'wake-rules'],
    why: 'As long as somebody can connect, the function keeps the target group up to date and the database lets them in.',
  },
  {
    part: 'readers-listener',
    needs: ['network', 'database-rules', 'function', 'wake-rules'],
    why: 'As for the writer’s listener.',
  },
  {
    part: 'hand-over',
    needs: ['network', 'database-rules', 'function'],
    why: 'It waits until the writer is healthy, which the database’s rules decide.',
  },
  {
    part: 'seed',
    needs: ['network', 'database-rules', 'function', 'wake-rules', 'writer-listener', 'readers-listener'],
    why: 'A target of a group that no listener forwards to is unused, and never healthy.',
  },
  {
    part: 'schedule',
    needs: ['function', 'seed'],
    why: 'A tick in the middle of the first registration would only get in its way.',
  },
  {
    part: 'first-tick',
    needs: ['schedule', 'seed'],
    why: 'The alarms find metrics of the schedule and of the target when they are made.',
  },
  {
    part: 'alarms',
    needs: ['first-tick', 'seed', 'schedule', 'dead-letters'],
    why: 'An alarm that takes missing data for a breach goes off at its first evaluation if it is made before what it watches.',
  },
  {
    part: 'endpoint-service',
    needs: parts.filter(part => part !== 'endpoint-service'),
    why: 'AWS does not remove it while a consumer is connected, and what was removed before or beside it is gone: so it goes first.',
  },
]

/** What a part needs in a stack of this strategy. */
export const needsOf = (part: Part, isWeighted: boolean): readonly Part[] =>
  needs
    .filter(it => it.part === part)
    .flatMap(({ needs, notWithWeighted = [] }) =>
      isWeighted ? needs.filter(it => !notWithWeighted.includes(it)) : needs,
    )

/**
 * Resources with a name that is fixed by the settings: it is by them that people, alarms and the command line find
 * things. Such a name has to be free again after a failed deployment, so none of them is ever retained by default.
 */
export const fixedNames: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::Events::Rule': 'Name',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::Scheduler::ScheduleGroup': 'Name',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::Logs::QueryDefinition': 'Name',
  'AWS::RAM::ResourceShare': 'Name',
  'AWS::VpcLattice::ResourceGateway': 'Name',
  'AWS::VpcLattice::ResourceConfiguration': 'Name',
  'AWS::Route53::HostedZone': 'Name',
  'AWS::Route53::RecordSet': 'Name',
  'AWS::Redshift::EndpointAccess': 'EndpointName',
}
