/**
 * Ends the process when everything has been written. Not by falling off the end: Node 24.21 was seen to spin for ever in
 * its own clean-up of handles after a run with many sockets that were reset.
 */
export const leave = (): void => {
  process.stdout.write('', () => process.stderr.write('', () => process.exit()))
}

const lookEveryMs = 500

/**
 * Calls once when the process is asked to end: Ctrl-C, SIGTERM, a terminal that closes; or when npm, which started it, has
 * ended. npm does not pass a signal on through the shell that it runs a script in.
 */
export const onEnd = (end: (exitCode: number) => void): void => {
  const once = (exitCode: number) => {
    clearInterval(timer)
    end(exitCode)
  }
  const parent = process.ppid
  const isScript = process.env.npm_lifecycle_event !== undefined
  const timer = setInterval(() => {
    if (isScript && process.ppid !== parent) once(143)
  }, lookEveryMs).unref()
  process
    .once('SIGINT', () => once(130))
    .once('SIGTERM', () => once(143))
    .once('SIGHUP', () => once(129))
}
