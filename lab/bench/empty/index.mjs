/** What the reconciler's start is compared with. */
export const handler = async () => ({})
