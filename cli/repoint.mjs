#!/usr/bin/env node
// Runs the command line from its sources. Node 24 strips the types itself; an older one hands over to the Node 24 that
// `npm ci` has brought, as every npm script does.
import { spawn } from 'node:child_process'
import nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

if (process.features.typescript) {
  // The second run on a machine starts in half the time.
  nodeModule.enableCompileCache()
  const { main } = await import('./main.ts')
  await main(process.argv.slice(2))
} else {
  const packaged = dirname(nodeModule.createRequire(import.meta.url).resolve('node/package.json'))
  const node = join(packaged, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to both; others send it to this process alone. The child decides how to end.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  // A terminal that is closed tells both, too.
  process.on('SIGHUP', () => process.stdin.isTTY || child.kill('SIGHUP'))
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 1 : (code ?? 1)
  })
}
