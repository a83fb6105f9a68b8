/** What part of an axis is shown. Pure. */

type Values = readonly (number | null | undefined)[]

interface FitOptions {
  isLog: boolean
  /** Fits the middle 96 % of the values; what lies outside runs out of the picture. */
  ignoresOutliers: boolean
  /** First and last place that count. */
  first: number
  last: number
}

/** The y range that shows `columns` with a little air; never below zero where no value is. */
export function fitRange(columns: readonly Values[], { isLog, ignoresOutliers, first, last }: FitOptions): [number, number] {
  let low = Infinity
  let high = -Infinity
  const all: number[] = []
  for (const column of columns) {
    for (let i = first; i <= last; i++) {
      const value = column[i]
      if (value === null || value === undefined || !Number.isFinite(value) || (isLog && value <= 0)) continue
      if (ignoresOutliers) all.push(value)
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  if (ignoresOutliers && all.length > 20) {
    all.sort((a, b) => a - b)
    low = all[Math.floor(all.length * 0.02)]!
    high = all[Math.ceil(all.length * 0.98) - 1]!
  }
  if (low > high) return isLog ? [0.1, 10] : [0, 1]
  // The dust of sums, as smoothing leaves it on a constant, is no height to fit.
  if (high - low <= 1e-12 * Math.max(Math.abs(low), Math.abs(high))) low = high
  if (isLog) {
    const air = (high / low) ** 0.06
    return low === high ? [low / 2, high * 2] : [low / air, high * air]
  }
  if (low === high) {
    const air = Math.abs(low) * 0.1 || 1
    return [low - air, high + air]
  }
  const air = (high - low) * 0.06
  return [low >= 0 && low - air < 0 ? 0 : low - air, high + air]
}

/** The first and last place of ascending `x` inside `low`..`high`, with one more on each side so that lines reach the edge. */
export function placesInside(x: ArrayLike<number>, low: number, high: number): [number, number] {
  const first = lowerBound(x, low)
  const last = lowerBound(x, high)
  return [Math.max(0, first - 1), Math.min(x.length - 1, last)]
}

/** The first place whose x is not below `value`. */
export function lowerBound(x: ArrayLike<number>, value: number): number {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (x[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
