import { buildReconciler } from '../functions/build.ts'
import { leave, onEnd } from './leave.ts'
import { type LabOptions, labCommand, readCommandLine, speedOf } from './options.ts'
import { timesAre } from './report/result-text.ts'
import { say, sayWhy } from './say.ts'
import { startPage } from './standing/page-server.ts'
import { openStandingLab } from './standing/standing-lab.ts'

/** `npm run lab`: a lab that goes on until Ctrl-C, for the `repoint` command and for looking around. */

/** Variables that would win over the laboratory's: a profile over its keys, a token of other keys, and what voids its endpoint. */
const leadingElsewhere = ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']

const pace = (speed: number): string =>
  speed === 1
    ? 'It takes as long as on AWS.'
    : `What a command measures in seconds takes ${speed} times as long on AWS; a drill's record says AWS's times.`

const note = (text: string): void => say(text, process.stderr)

const main = async (): Promise<void> => {
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  let isOpen = false
  // While it is being opened there is nothing to put in order: its children end with it.
  onEnd(exitCode => (isOpen ? resolve() : process.exit(exitCode)))
  const options = readCommandLine<LabOptions>(labCommand(), process.argv)
  note('Building the function and preparing the laboratory ...')
  const { folder } = await buildReconciler()
  const lab = await openStandingLab({
    ...(options.kind === 'hostname' ? { hasHostName: true } : { kind: options.kind }),
    ...{ engine: options.database, speed: speedOf(options), codeFolder: folder },
    ...(options.stage && { stage: options.stage }),
    ...(options.percent && { percent: options.percent }),
    hasClient: true,
  })
  const page = await startPage(lab, options.port)
  isOpen = true
  const exports = Object.entries(lab.variables).map(([name, value]) => `export ${name}='${value}'`)
  note(`The laboratory is running. Look at it live, and fail it over: ${page.url}`)
  note(`Times there are ${timesAre(lab.cloud.time.speed)}.\n\nFor the command line, in another terminal:\n`)
  // The one thing on stdout: `eval "$(…)"` may take it.
  say(`unset ${leadingElsewhere.join(' ')}\n${exports.join('\n')}`)
  note(
    `\nthen \`repoint status\`, for example. What proves the database to clients of TLS: --ca ${lab.caFile}. ${pace(lab.cloud.time.speed)}\nCtrl-C ends it.`,
  )
  await asked
  await page.close()
  await lab.close()
}

main()
  .catch((error: unknown) => {
    sayWhy(error)
    process.exitCode = 1
  })
  .finally(leave)
