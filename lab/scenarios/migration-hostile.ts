import type { Cloud } from '../cloud/cloud.ts'
import * as fixture from '../fixture.ts'
import { type StageSettings, settingsAt } from '../template/migration-stacks.ts'
import { waitUntil } from '../time.ts'
import { hostileExpectations, hostileMoments } from './migration-hostile-expectations.ts'
import { migrationMoments } from './migration-moments.ts'
import { bothWeights, gatherPeople, type People } from './migration-people.ts'
import { knownMs, openStage } from './migration-play.ts'
import { templatesFor } from './migration-templates.ts'
import type { Scenario, Scene } from './scenario.ts'

/**
 * What people and machines do to each other on the way, through the command line and the deployment as they are: a gateway
 * that drops connections now and then under `watch`, a colleague who deploys older settings, a rollback that is killed
 * between the settings and the weights, and a second operator who moves the weights under the first one's `watch`.
 */

const shadow: StageSettings = { stage: 'shadow', from: 'nlb' }
const templates = templatesFor('instance', 'swap', [shadow])

/** A third of the time, and never long enough for five probes in a row. */
const [dropsMs, passesMs] = [4_000, 8_000] as const
/** A command begins in seconds, which are minutes here. */
const patienceMs = 1_200_000
const change = 'route53:ChangeResourceRecordSets'

const seconds = (cloud: Cloud, ms: number) => `${Math.max(0.05, ms / cloud.time.speed / 1_000)}s`

/** The rule that lets the gateway to the database, taken away and put back, until somebody has gone back. */
const flapUntilBack = async (cloud: Cloud): Promise<void> => {
  const group = cloud.resources.securityGroups.find(({ id }) => id === fixture.networkNames.databaseGroup)
  const own = cloud.resources.resourceGateways[0]?.securityGroupIds[0]
  if (!group || own === undefined) throw new Error('the gateway has no security group')
  const whole = group.incoming
  const end = cloud.time.now() + patienceMs
  while (bothWeights(cloud).gateway > 0 && cloud.time.now() < end) {
    group.incoming = whole.filter(({ groupIds }) => !groupIds?.includes(own))
    await cloud.time.sleep(dropsMs)
    group.incoming = whole
    await cloud.time.sleep(passesMs)
  }
}

const play = async (cloud: Cloud, scene: Scene): Promise<void> => {
  const people = await gatherPeople(cloud, settingsAt('instance', shadow))
  try {
    await meet(cloud, scene, people)
  } finally {
    await people.close()
  }
}

const meet = async (cloud: Cloud, { reached }: Scene, people: People): Promise<void> => {
  const { timeline, time } = cloud
  const record = (what: string, fields: object) => timeline.record('lab', what, { ...fields })
  const byGateway = () => reached.filter(ip => fixture.consumer.addressesOf('resource').includes(ip)).length
  const until = async (isTrue: () => boolean) => {
    if (!(await waitUntil(time, patienceMs, isTrue))) throw new Error('what the play waits for did not come')
  }
  const untilShare = (percent: number) => until(() => bothWeights(cloud).gateway === percent)
  const settledBack = async (who: string) => {
    await time.sleep(knownMs)
    const before = byGateway()
    await time.sleep(knownMs)
    record(hostileMoments.gone, { who, gateway: byGateway() - before })
  }
  const tell = async (who: string, { code }: { readonly code: number | null }) =>
    record(hostileMoments.stands, { who, code: code ?? 'killed', settings: await people.said(), ...bothWeights(cloud) })
  record(migrationMoments.deployed, { stage: 'shadow', from: 'nlb' })

  // 1. `watch` goes on to a half, and the gateway begins to drop a third of its connections.
  const quick = ['--probe', seconds(cloud, 1_000), '--look', seconds(cloud, 5_000), '--failures', '3']
  const never = ['--every', '1h', '--budget', '5', '--window', '60s', '--apply', '--force']
  const watching = people.start('watch', 'watch', '--steps', '50', ...quick, ...never)
  await untilShare(50)
  const half = await people.copy('before-the-rollback', 50)
  await until(() => byGateway() > 0)
  record(hostileMoments.flapBegins, { gateway: byGateway() })
  await flapUntilBack(cloud)
  await tell('watch', await watching.ended)
  await time.sleep(knownMs)
  record(hostileMoments.flapEnds, {})

  // 2. Settings from before, after the rollback; and those of now.
  await people.deploy('settings that are older than the rollback', half)
  await people.deploy('the settings of now')
  await settledBack('watch')

  // 3. Once more to a half, deployed; and a rollback that AWS has no time for is killed before the weights.
  await tell('shift without a new verify', await people.run('shift', 'shift', '50', '--apply'))
  const used = byGateway()
  await tell('shift', await people.run('shift', 'shift', '50', '--apply', '--force'))
  await until(() => byGateway() > used)
  await people.deploy('the share that is live')
  const [same, more] = [await people.copy('before-the-kill'), await people.copy('of-somebody-else', 75)]
  cloud.api.faults.inject(change, { kind: 'throttled' }, 1_000)
  const killed = people.start('rollback', 'rollback', '--apply')
  await until(() => killed.said().includes('Not written yet, trying again'))
  killed.kill()
  cloud.api.faults.clear()
  await tell('the killed rollback', await killed.ended)
  await people.deploy('a larger share after the killed rollback', more)
  await people.deploy('what is deployed already, after the killed rollback', same)
  await tell('the rollback, made again', await people.run('rollback', 'rollback', '--apply'))
  await people.deploy('what is deployed already, after the rollback', same)
  await settledBack('the rollback, made again')

  // 4. Two operators at once, and a colleague with a file of before.
  const first = people.start('watch', 'watch', '--steps', '5,50', ...quick, ...never)
  await untilShare(5)
  await tell('a second operator', await people.run('shift', 'shift', '10', '--apply', '--force'))
  await tell('watch, overtaken', await first.ended)
  await people.deploy('a larger share, while two move the weights', more)
  await tell('the last rollback', await people.run('rollback', 'rollback', '--apply', '--all'))
  await people.deploy('the settings in the end')
  await settledBack('the last rollback')
}

export const migrationHostile: Scenario = {
  name: 'migration-hostile',
  database: 'instance',
  notOn: {
    engine: 'mariadb',
    why: 'watch probes without a login here, which MariaDB counts as errors and then blocks',
  },
  promise:
    'A gateway that drops connections, older settings, a killed rollback and a second operator cost what the gateway drops, and nothing else: every rollback holds.',
  open: cloud => openStage(cloud, templates, shadow),
  play,
  expectations: hostileExpectations,
}
