/** Asks about many databases side by side; the clients keep to AWS's request rates. Answers in the order of the items. */
export const eachOf = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  onDone: (done: number, of: number) => void = () => {},
  atOnce = 24,
): Promise<Result[]> => {
  const results: Result[] = new Array(items.length)
  const queue = items.entries()
  let done = 0
  const work1 = async () => {
    for (const [index, item] of queue) {
      results[index] = await work(item)
      done += 1
      onDone(done, items.length)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work1))
  return results
}
