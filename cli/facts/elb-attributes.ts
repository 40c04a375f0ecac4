export type Attributes = Readonly<Record<string, string>>

/** Keys and values as Elastic Load Balancing lists them. */
export const readAttributes = (
  list: readonly { Key?: string | undefined; Value?: string | undefined }[] = [],
): Attributes => Object.fromEntries(list.flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])))
