import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

export type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => void | Promise<void>

/**
 * What every HTTP server of the lab does with a request first. Loopback is no wall: every website that is open in a
 * browser of this machine can send requests there.
 *
 * 1. A website's own name may be answered with 127.0.0.1, which makes it our origin: its `Host` is still that name.
 * 2. A website asks us under our own name: the browser says in `Origin` whose page asks, and where it says nothing, as for
 *    an image, in `Sec-Fetch-Site` that it is another one's (https://www.w3.org/TR/fetch-metadata/).
 * 3. Whatever a request makes fail ends that request, and never the process.
 */
export const guarded =
  (handle: Handler, onFailure: (error: unknown) => void): RequestListener =>
  (request, response) => {
    // Whoever asked has left; what is still written to him is nobody's failure.
    response.on('error', () => undefined)
    const refused = whyRefused(request)
    if (refused) {
      refuse(response, 403, refused)
      return
    }
    if (!URL.canParse(request.url ?? '/', base)) {
      refuse(response, 400, 'This is no path.')
      return
    }
    const work = async () => handle(request, response, new URL(request.url ?? '/', base))
    work().catch((error: unknown) => {
      onFailure(error)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  }

const base = 'http://lab'

const whyRefused = ({ headers }: IncomingMessage): string | undefined => {
  const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) return 'The lab answers as 127.0.0.1 and localhost alone.'
  const isOwn = origin === undefined || origin === `http://${host}` || origin === `https://${host}`
  return isOwn && ['none', 'same-origin'].includes(String(site))
    ? undefined
    : 'The lab answers no page of somebody else.'
}

/** Far more than anybody sends. Bytes. */
const largestBody = 16 * 1024 ** 2

/** @throws where it is larger than anybody's */
export const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > largestBody) throw new Error(`a body of more than ${largestBody} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

const refuse = (response: ServerResponse, status: number, why: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`)
}
