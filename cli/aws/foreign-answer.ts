/**
 * An answer that does not come from AWS: the page of a proxy, a login of a hotel's network, a wrong endpoint. The SDK
 * parses it as AWS's: of a page with status 200 it makes an empty list, which would read as "there is none".
 */
export class ForeignAnswer extends Error {
  override readonly name = 'ForeignAnswer'
  /** The SDK retries by it. */
  readonly $metadata: { readonly httpStatusCode: number }

  constructor(what: string, status: number) {
    super(what)
    this.$metadata = { httpStatusCode: status }
  }
}

interface HttpAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** AWS's APIs speak JSON, XML and CBOR; none of them answers with a page, sends elsewhere or asks for a proxy's login. */
const isForeign = ({ statusCode, headers }: HttpAnswer): boolean => {
  const type = headers['content-type'] ?? ''
  return statusCode === 407 || (statusCode >= 300 && statusCode < 400) || /^text\/html\b|xhtml/i.test(type)
}

const longestTitle = 100

/** The deepest middleware of a client: it sees each answer before it is parsed. @throws ForeignAnswer */
export const refuseForeignAnswers =
  <Result extends { readonly response: unknown }>(next: (args: never) => Promise<Result>) =>
  async (args: never): Promise<Result> => {
    const result = await next(args)
    const answer = result.response as HttpAnswer
    if (!isForeign(answer)) return result
    const title = await titleOf(answer)
    throw new ForeignAnswer(`HTTP ${answer.statusCode}${title === '' ? '' : `, "${title}"`}`, answer.statusCode)
  }

const titleOf = async ({ body }: HttpAnswer): Promise<string> => {
  let page = ''
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) page += Buffer.from(chunk).toString('utf8')
  } catch {
    // What was read of it has to do.
  }
  const title = /<title[^>]*>([^<]*)/i.exec(page)?.[1] ?? ''
  return title.replaceAll(/\s+/g, ' ').trim().slice(0, longestTitle)
}
