/** The options of these names that were given, as they are typed; `undefined` where none was. */
export const givenFlags = <Name extends string>(
  options: { readonly [Key in Name]?: unknown },
  names: readonly Name[],
): string | undefined =>
  names
    .filter(name => options[name] !== undefined)
    .map(name => `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`)
    .join(', ') || undefined
