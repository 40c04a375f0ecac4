#!/usr/bin/env node
// Runs the command line: in a clone from its sources, in an installed package what was compiled of them. Node strips the
// types of a clone itself; one that cannot hands over to the Node 24 that `npm ci` has brought, as every npm script does.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import nodeModule from 'node:module'
import { fileURLToPath } from 'node:url'

const beside = path => fileURLToPath(new URL(`../${path}`, import.meta.url))

// What is cached is code that will be run: it lies beside the sources, and only where nobody else may write. In the
// temporary folder, which is Node's own choice, others could have prepared it.
const privateCache = () => {
  const folder = beside('node_modules/.cache/repoint')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { uid, mode } = statSync(folder)
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0) ? folder : undefined
  } catch {
    return undefined
  }
}

const run = async module => {
  const cache = privateCache()
  // The second run on a machine starts in half the time.
  if (cache) nodeModule.enableCompileCache(cache)
  const { main } = await import(module)
  await main(process.argv.slice(2))
}

const refuse = why => {
  console.error(`repoint: ${why}; this is Node ${process.version}.`)
  process.exitCode = 1
}

/** Both processes get Ctrl-C of a terminal; others send it to this one alone. The child decides how to end. */
const handOver = node => {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => process.stdin.isTTY || child.kill(signal))
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 1 : (code ?? 1)
  })
}

const isClone = existsSync(new URL('main.ts', import.meta.url))
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const [system, file] = process.platform === 'win32' ? ['win', 'node.exe'] : [process.platform, 'node']
const brought = beside(`node_modules/node-${system}-${process.arch}/bin/${file}`)
if (isClone && process.features.typescript) await run('./main.ts')
else if (isClone && existsSync(brought)) handOver(brought)
else if (isClone) refuse('a clone needs Node 24 on this platform')
else if (major > 22 || (major === 22 && minor >= 12)) await run('../dist/cli.mjs')
else refuse('Node 22.12 or newer is needed')
