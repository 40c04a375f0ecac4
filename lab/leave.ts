/**
 * Ends the process when everything has been written. Not by falling off the end: Node 24.21 was seen to spin for ever in
 * its own clean-up of handles after a run with many sockets that were reset.
 */
export const leave = (): void => {
  process.stdout.write('', () => process.stderr.write('', () => process.exit()))
}
