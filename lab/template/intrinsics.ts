/**
 * Reads a synthesized CloudFormation template as CloudFormation would: resources by type, and every reference in their
 * properties resolved to what the lab has in that place.
 */

/** The form of `synthesize()`'s templates. */
export interface Template {
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>>
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Type: string
        readonly Properties?: Readonly<Record<string, unknown>>
        readonly DependsOn?: string | readonly string[]
      }
    >
  >
}

export interface Resource {
  readonly logicalId: string
  readonly type: string
  /** Logical ids of what has to stand before, beside what its properties refer to. */
  readonly dependsOn: readonly string[]
  /** With every reference resolved. @throws Error for a reference that the lab does not know */
  readonly properties: Readonly<Record<string, unknown>>
}

/** What a resource answers to `Ref`, and to `Fn::GetAtt` with an attribute; `undefined` where the lab has none. */
export type Answer = (resource: { readonly logicalId: string; readonly type: string }, attribute?: string) => unknown

export interface Stack {
  all(type: string): readonly Resource[]
  /** @throws Error unless there is exactly one */
  only(type: string, isMeant?: (resource: Resource) => boolean): Resource
}

export const readStack = (template: Template, answer: Answer): Stack => {
  const refer = (logicalId: string, attribute?: string): unknown => {
    const { Type: type = 'pseudo parameter' } = template.Resources[logicalId] ?? {}
    const found = answer({ logicalId, type }, attribute)
    if (found !== undefined) return found
    throw new Error(`the lab does not know ${attribute ?? 'Ref'} of ${logicalId} (${type})`)
  }
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve)
    if (typeof value !== 'object' || value === null) return value
    const [[name, argument] = ['', undefined], ...others] = Object.entries(value)
    const intrinsic = others.length === 0 ? intrinsics[name] : undefined
    if (intrinsic) return intrinsic(argument, resolve, refer)
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolve(part)]))
  }
  const resources = Object.entries(template.Resources).map(([logicalId, written]) => ({
    logicalId,
    type: written.Type,
    dependsOn: [written.DependsOn ?? []].flat(),
    get properties() {
      return resolve(written.Properties ?? {}) as Record<string, unknown>
    },
  }))
  const all = (type: string) => resources.filter(it => it.type === type)
  return {
    all,
    only(type, isMeant = () => true) {
      const [found, ...more] = all(type).filter(isMeant)
      if (found && more.length === 0) return found
      throw new Error(`the template has ${found ? more.length + 1 : 'no'} ${type}, where the lab reads one`)
    },
  }
}

type Intrinsic = (
  argument: unknown,
  resolve: (value: unknown) => unknown,
  refer: (logicalId: string, attribute?: string) => unknown,
) => unknown

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, _, refer) => refer(String(argument)),
  // The name of an export, which no logical id can be: it has a colon.
  'Fn::ImportValue': (argument, _, refer) => refer(String(argument)),
  'Fn::GetAtt': (argument, _, refer) => refer(...(argument as [string, string])),
  'Fn::Join': (argument, resolve) => {
    const [separator, parts] = argument as [string, unknown]
    return (resolve(parts) as unknown[]).join(separator)
  },
  'Fn::Split': (argument, resolve) => {
    const [separator, text] = argument as [string, unknown]
    return String(resolve(text)).split(separator)
  },
  'Fn::Select': (argument, resolve) => {
    const [index, list] = argument as [number | string, unknown]
    return (resolve(list) as unknown[])[Number(index)]
  },
}
