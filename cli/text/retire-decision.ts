import { sharedName } from '../../infra/app/settings/complete.ts'
import { consumerStackName } from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { RetireDecision } from '../checks/retire.ts'
import type { Paint } from '../output.ts'
import { inline, inlineAll } from '../terminal.ts'
import { showCheckList } from './findings.ts'

type About = Pick<DatabaseSettings, 'id' | 'stackId' | 'frontDoor'>

/** Where it stands, what speaks against the step and what does not, and what is gone for good after it. */
export const showRetirement = (given: About, decided: RetireDecision, paint: Paint): string => {
  const [database, decision] = inlineAll([given, decided] as const)
  const { step, findings, consumers } = decision
  if (step === 'done')
    return `${database.id} is retired: clients come through the resource gateway alone. Nothing to do.`
  if (step === 'deploy') {
    return `The settings hold all of it; the load balancer of ${database.id} still stands. Deploy: ${deployOf(database, decision)}`
  }
  return [
    paint('bold', titleOf(database, decision)),
    showCheckList(findings, paint),
    ...(step === 'consumers' && consumers.length === 0
      ? []
      : [`  ${paint('cyan', 'before')}  ${beforeOf(database, decision)}`]),
    '',
    paint('bold', 'Not to be undone, once it is deployed'),
    ...lossesOf(database, decision).map(it => `  ${it}`),
  ].join('\n')
}

const titleOf = ({ id, frontDoor }: About, { step, consumers }: RetireDecision): string =>
  step === 'consumers'
    ? `${id}: step 1 of 2, its consumers' path through the load balancer (${consumers.map(({ name }) => name).join(', ') || 'none'})`
    : `${id}: step 2 of 2, its ${sharedName(frontDoor) === undefined ? 'load balancer, endpoint service' : 'listener'} and function`

/** What cannot be seen from here: CloudFormation alone knows which stage it has deployed. */
const beforeOf = (database: About, decision: RetireDecision): string =>
  `Stage gateway has to be deployed by now (${deployOf(database, decision)}): from any other the deployment of retired is refused.`

const lossesOf = ({ id, frontDoor }: About, { step }: RetireDecision): readonly string[] => {
  const shared = sharedName(frontDoor)
  if (shared !== undefined) return lossesOfShared(id, shared, step)
  return step === 'consumers'
    ? [
        'The interface endpoint and the record that leads to it go: `repoint migrate rollback` has nothing to go back to from then on.',
        'Connections that are kept through it are cut. Until the deployment the settings file alone has changed: take it back from version control.',
      ]
    : [
        `The load balancer, its endpoint service and its name, and the function of ${id} with its rules, schedule and alarms go. Interface endpoints that are left anywhere lead nowhere.`,
        'The way back is a new deployment (from new) that consumers connect to anew, under another service name. Until the deployment the settings file alone has changed.',
      ]
}

const lossesOfShared = (id: string, shared: string, step: RetireDecision['step']): readonly string[] =>
  step === 'consumers'
    ? [
        'The record that leads to the load balancer goes, and a shared endpoint lets its clients in on this port no more: `repoint migrate rollback` has nothing to go back to from then on.',
        'Until the deployment the settings file alone has changed: take it back from version control.',
      ]
    : [
        `The listener of ${id} on the load balancer ${shared}, its target groups and its function with its rules, schedule and alarms go: connections that are kept through it are cut. Load balancer, endpoint service and the other databases stay as they are.`,
        'The way back is a new deployment (from new) on a port that is free then. Until the deployment the settings file alone has changed.',
      ]

/** What to deploy for the settings to come true. */
export const deployOf = (database: About, { step, consumers }: RetireDecision): string =>
  inline(`npx cdk deploy ${step === 'consumers' ? consumers.map(consumerStackName).join(' ') : database.stackId}`)

export const showAfter = (database: About, decision: RetireDecision): string =>
  decision.step === 'consumers'
    ? [
        `Deploy, in the consumer's account: ${deployOf(database, decision)}`,
        'It is refused where anything but stage gateway is deployed, or a weight has been moved meanwhile.',
        `Then, once the interface endpoints are gone, the second step: repoint migrate retire -d ${inline(database.id)} --apply`,
      ].join('\n')
    : [
        `Deploy: ${deployOf(database, decision)}`,
        'It is refused, before anything changes, where somebody has connected meanwhile or came through the load balancer in the last hour.',
      ].join('\n')
