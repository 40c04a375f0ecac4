/** Declarations with their doc comments, read from sources as the formatter leaves them. */

export interface Declared {
  readonly kind: 'class' | 'interface' | 'type'
  readonly name: string
  readonly doc: Doc
  readonly members: readonly Member[]
}

export interface Member {
  /** As it is written: `readonly port?: number`, `grantResync(grantee: IGrantable): Grant`. */
  readonly signature: string
  readonly name: string
  readonly doc: Doc
}

export interface Doc {
  readonly text: string
  /** By the tag's name, without the @. */
  readonly tags: Readonly<Record<string, string>>
}

const comment = /^( *)\/\*\*(?<body>.*?)\*\/\n/ms

/** Everything that is exported from a file. @throws Error for a member that it cannot read */
export const declarationsIn = (source: string): Declared[] => {
  const found: Declared[] = []
  const starts = /^(?<doc>\/\*\*(?:(?!\*\/).)*\*\/\n)?export (?<kind>class|interface|type) (?<name>\w+)(?<rest>.*)$/gms
  for (const text of source.split(/\n\n(?=\/\*\*|export )/)) {
    starts.lastIndex = 0
    const { doc = '', kind, name = '', rest = '' } = starts.exec(text)?.groups ?? {}
    if (kind !== 'class' && kind !== 'interface' && kind !== 'type') continue
    found.push({ kind, name, doc: readDoc(doc), members: kind === 'type' ? [] : membersIn(name, rest) })
  }
  return found
}

/** Of a class what is public and explained; a class that has blank lines in it goes on to its last line. */
const membersIn = (owner: string, body: string): Member[] => {
  const members: Member[] = []
  let open = body
  for (;;) {
    const match = comment.exec(open)
    if (match === null) return members
    open = open.slice(match.index + match[0].length)
    if (match[1]?.length !== 2) continue
    const [line = ''] = open.split('\n')
    const doc = readDoc(match[0])
    if ('internal' in doc.tags || /^ +#/.test(line)) continue
    const name = /^ {2}(?:readonly |static |get )*(?:\[)?(\w+)/.exec(line)?.[1]
    if (name === undefined) throw new Error(`${owner}: cannot read ${line}`)
    members.push({ name, signature: signatureOf(open), doc })
  }
}

/** Up to the body. */
const signatureOf = (text: string): string => {
  const [first = ''] = text.split('\n')
  const whole = first.endsWith('(') ? text.slice(0, text.indexOf('{\n')) : first
  return whole.replace(/ \{$/, '').replace(/\s+/g, ' ').replace(/\( /g, '(').replace(/,? \)/g, ')').trim()
}

const readDoc = (raw: string): Doc => {
  const lines = raw
    .replace(/^ *\/\*\*/, '')
    .replace(/\*\/\s*$/, '')
    .split('\n')
    .map(line => line.replace(/^ *\* ?/, ''))
  const [text = '', ...tagged] = lines.join('\n').split(/(?:^|\s)@(?=[a-z]+\b)/)
  const tags = tagged.map(tag => [/^[a-z]+/.exec(tag)?.[0] ?? '', tag.replace(/^[a-z]+\s*/, '').trimEnd()] as const)
  return {
    text: text
      .trim()
      .replace(/\n(?!\n)/g, ' ')
      .replace(/\n +/g, '\n\n'),
    tags: Object.fromEntries(tags),
  }
}
