/** What a curve or a histogram looks like, in its own numbers. */
export interface Plot {
  /** Points joined by a line, piece by piece: a point that is not finite ends one. */
  lines: readonly (readonly (readonly [number, number])[])[]
  /** Columns from `left` to `right`, each with what it says. */
  bars: readonly { left: number; right: number; height: number; text: string }[]
  x: readonly [number, number]
  y: readonly [number, number]
}

/** Reads a logged curve; null if it has no two finite numbers. */
export function readCurve(text: string): Plot | null {
  const found = readObject(text)
  const xs = readNumbers(found?.['x'])
  const ys = readNumbers(found?.['y'])
  const lines: [number, number][][] = [[]]
  for (let place = 0; place < Math.min(xs.length, ys.length); place++) {
    const x = xs[place]
    const y = ys[place]
    if (x === null || x === undefined || y === null || y === undefined) lines.push([])
    else lines.at(-1)?.push([x, y])
  }
  const points = lines.flat()
  if (points.length === 0) return null
  return { lines: lines.filter(line => line.length > 0), bars: [], x: spanOf(points.map(([x]) => x)), y: spanOf(points.map(([, y]) => y)) }
}

/**
 * Reads a logged histogram. Its bins grow by a factor to both sides of an offset; they are spread over columns of one
 * width, as if the values of a bin lay evenly in it. What lies beyond all but a thousandth of the values, to either side,
 * is counted into the outermost columns, so that one stray value does not hide the rest. Null if it counts nothing.
 */
export function readHistogram(text: string): Plot | null {
  const found = readObject(text)
  const [start, step, stop, offset] = ['start', 'step', 'stop', 'offset'].map(name => Number(found?.[name]))
  const pairs = found?.['index_values']
  if (!Array.isArray(pairs) || !start || !step || !stop || !(start > 0) || !(step > 1) || offset === undefined) return null
  const side = Math.ceil(Math.log(stop / start) / Math.log(step)) + 1
  /** Where a bin begins, from its place; the outermost, which are open, are as wide as their like. */
  const edge = (bin: number) => {
    const away = bin - side
    return away > 0 ? offset + start * step ** (away - 1) : offset - start * step ** -away
  }
  const bins = pairs
    .filter((pair): pair is [number, number] => Array.isArray(pair) && pair.length === 2 && Number(pair[1]) > 0)
    .map(([bin, count]) => ({ left: edge(bin), right: edge(bin + 1), count }))
  const total = bins.reduce((sum, bin) => sum + bin.count, 0)
  if (total === 0) return null
  const low = quantile(bins, total * TAIL, false)
  const high = quantile([...bins].reverse(), total * TAIL, true)
  const width = (high - low) / COLUMNS
  const heights = Array.from({ length: COLUMNS }, () => 0)
  for (const { left, right, count } of bins) {
    const first = clampColumn((left - low) / width)
    const last = clampColumn((right - low) / width)
    for (let column = first; column <= last; column++) {
      const from = column === 0 ? -Infinity : low + column * width
      const to = column === COLUMNS - 1 ? Infinity : low + (column + 1) * width
      const share = (Math.min(right, to) - Math.max(left, from)) / (right - left)
      heights[column] = (heights[column] ?? 0) + count * Math.max(0, share)
    }
  }
  const bars = heights.map((height, column) => ({
    left: low + column * width,
    right: low + (column + 1) * width,
    height,
    text: `${Math.round(height).toLocaleString('en-US')} from ${short(low + column * width)} to ${short(low + (column + 1) * width)}`,
  }))
  return { lines: [], bars: bars.filter(bar => bar.height > 0), x: [low, high], y: [0, Math.max(...heights)] }
}

const COLUMNS = 60
const TAIL = 0.001

/** The outer end of the first bin that is not in the tail. */
function quantile(bins: readonly { left: number; right: number; count: number }[], tail: number, isRight: boolean): number {
  let seen = 0
  for (const bin of bins) {
    seen += bin.count
    if (seen > tail) return isRight ? bin.right : bin.left
  }
  return 0
}

const clampColumn = (place: number) => Math.max(0, Math.min(COLUMNS - 1, Math.floor(place)))

function readObject(text: string): Record<string, unknown> | null {
  try {
    const found: unknown = JSON.parse(text)
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : null
  } catch {
    return null
  }
}

const readNumbers = (values: unknown): (number | null)[] =>
  Array.isArray(values) ? values.map(value => (typeof value === 'number' && Number.isFinite(value) ? value : null)) : []

/** From the least to the largest, and never nothing. */
function spanOf(numbers: readonly number[]): [number, number] {
  let low = Infinity
  let high = -Infinity
  for (const number of numbers) {
    low = Math.min(low, number)
    high = Math.max(high, number)
  }
  if (low < high) return [low, high]
  const room = Math.abs(low) * 0.1 || 1
  return [low - room, high + room]
}

const short = (number: number) => (Number.isFinite(number) ? String(Number(number.toPrecision(3))).replace('-', '−') : number > 0 ? '∞' : '−∞')
