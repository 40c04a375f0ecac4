#!/usr/bin/env node
// Runs the command line: in a clone from its sources, in an installed package what was compiled of them. Node strips the
// types of a clone itself; one that cannot hands over to the Node 24 that `npm ci` has brought, as every npm script does.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const run = async module => {
  // The second run on a machine starts in half the time.
  nodeModule.enableCompileCache()
  const { main } = await import(module)
  await main(process.argv.slice(2))
}

/** Both processes get Ctrl-C of a terminal; others send it to this one alone. The child decides how to end. */
const handOver = () => {
  const packaged = dirname(nodeModule.createRequire(import.meta.url).resolve('node/package.json'))
  const node = join(packaged, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => process.stdin.isTTY || child.kill(signal))
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 1 : (code ?? 1)
  })
}

const isClone = existsSync(new URL('main.ts', import.meta.url))
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (isClone && process.features.typescript) await run('./main.ts')
else if (isClone) handOver()
else if (major > 22 || (major === 22 && minor >= 12)) await run('../dist/cli.mjs')
else {
  console.error(`repoint needs Node 22.12 or newer; this is ${process.version}.`)
  process.exitCode = 1
}
