/** A name as it is compared: Route 53 ends names with a dot. */
export const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '')

/** An alias is shown with `dualstack.` before or a dot behind, depending on who made it. */
export const bare = (name: string): string => plain(name).replace(/^dualstack\./, '')
