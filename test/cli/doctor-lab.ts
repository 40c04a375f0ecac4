import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildReconciler } from '../../functions/build.ts'
import { type Cloud, openCloud } from '../../lab/cloud/cloud.ts'
import * as fixture from '../../lab/fixture.ts'
import { startCommand } from '../../lab/operator/command-line.ts'
import { deploymentOf } from '../../lab/template/deployment.ts'
import { startTime } from '../../lab/time.ts'
import { startTimeline } from '../../lab/timeline.ts'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  /** Without what every command says of a laboratory. */
  readonly stderr: string
  readonly notices: readonly string[]
}

type Environment = Readonly<Record<string, string | undefined>>

const ofLaboratory =
  /^note: (AWS_ENDPOINT_URL\w* is set|\S*endpoint_url of|REPOINT_CONNECT_TO is set|This is not AWS|The laboratory runs).*\n/gm

/** Runs the command as a person would, with nothing of this machine's AWS configuration. */
export const runProcess = async (
  args: readonly string[],
  environment: Environment = {},
  onStart: (interrupt: () => void) => void = () => {},
): Promise<Ended> => {
  const command = startCommand(args, environment)
  onStart(command.interrupt)
  const { code, stdout, stderr } = await command.ended
  const notices = stderr.match(ofLaboratory) ?? []
  return { code, stdout, stderr: stderr.replace(ofLaboratory, ''), notices: notices.map(line => line.trimEnd()) }
}

export interface DoctorLab {
  readonly cloud: Cloud
  /** Path of its repoint.json; a mysql.json stands beside it. */
  readonly settings: string
  /** `repoint doctor` with the lab's settings, against the lab's API. */
  doctor(args?: readonly string[], environment?: Environment, onStart?: (interrupt: () => void) => void): Promise<Ended>
  close(): Promise<void>
}

/** A lab with a healthy writer behind its load balancer, and a repoint.json for it. */
export const openDoctorLab = async (): Promise<DoctorLab> => {
  const folder = await mkdtemp(join(tmpdir(), 'repoint-doctor-'))
  const time = startTime({ speed: 200 })
  const { folder: codeFolder } = await buildReconciler()
  const deployment = await deploymentOf('instance')
  const cloud = await openCloud({ kind: 'instance', deployment, time, timeline: startTimeline(time), codeFolder })
  await cloud.storage.nodes[0]?.become('writer')
  cloud.targetGroup.register([{ ip: cloud.writerIp(), port: fixture.port }])
  while (cloud.targetGroup.describe()[0]?.state !== 'healthy') await time.sleep(2_000)
  const settings = join(folder, 'repoint.json')
  await writeFile(settings, JSON.stringify({ databases: [entryOf('postgres')] }))
  await writeFile(join(folder, 'mysql.json'), JSON.stringify({ databases: [entryOf('mysql')] }))
  const aws = {
    AWS_ENDPOINT_URL: cloud.api.url,
    AWS_REGION: fixture.region,
    AWS_ACCESS_KEY_ID: fixture.operatorKey,
    AWS_SECRET_ACCESS_KEY: 'lab',
  }
  return {
    cloud,
    settings,
    doctor: (args = [], environment = {}, onStart) =>
      runProcess(['doctor', ...args], { ...aws, REPOINT_SETTINGS: settings, ...environment }, onStart),
    close: async () => {
      await cloud.close()
      await rm(folder, { recursive: true })
    },
  }
}

const entryOf = (engine: string) => ({
  arn: fixture.databaseArn('instance'),
  endpoint: fixture.endpoints.instance,
  engine,
  port: fixture.port,
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  subnets: fixture.subnets,
  allowedCidrs: fixture.vpc.cidrs,
  frontDoor: { kind: 'create', databaseSecurityGroupId: false },
})
