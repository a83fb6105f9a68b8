/** Which experiments are drawn. Pure. */

/** Without a choice, so many of the newest are drawn. */
export const NEWEST = 10
/** More lines than these nobody can tell apart, and the browser feels them. */
export const MOST = 100

/** The choice after a click on one experiment. `drawn` is what is drawn now, `newest` what would be without a choice. */
export function toggleRun(drawn: readonly string[], key: string, newest: readonly string[]): string[] | undefined {
  const next = drawn.includes(key) ? drawn.filter(each => each !== key) : [...drawn, key]
  return isSame(next, newest) ? undefined : next
}

const isSame = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every(key => b.includes(key))
