/** Smoothing of a series on an x axis that need not be even. Pure; null stays null, and neither is it counted as zero. */

export type SmoothingKind = 'ema' | 'gaussian'
export type Values = readonly (number | null | undefined)[]

/**
 * Smooths `values` at places `x` (ascending) by `weight` from 0 (raw) to 0.999.
 *
 * `ema` is the debiased exponential average as TensorBoard draws it: on an even axis the numbers are the same. Where
 * points lie further apart than is typical, the past weighs less, as much as if the missing points had been there.
 * `gaussian` looks both ways, with a bell that evens out as much noise as an average of that weight, but is never wider
 * than an eighth of the series: beyond that nothing of its shape is left.
 */
export function smooth(x: readonly number[], values: Values, weight: number, kind: SmoothingKind): (number | null)[] {
  const places: number[] = []
  for (let i = 0; i < values.length; i++) if (isNumber(values[i])) places.push(i)
  const result: (number | null)[] = Array.from({ length: values.length }, () => null)
  if (weight <= 0 || places.length < 3) {
    for (const i of places) result[i] = values[i]!
    return result
  }
  const distance = typicalDistance(x, places)
  if (kind === 'ema') smoothForward(x, values, places, weight, distance, result)
  else smoothBothWays(x, values, places, bellWidth(x, places, weight, distance), result)
  return result
}

const isNumber = (value: number | null | undefined): value is number => value !== null && value !== undefined && Number.isFinite(value)

/** The median distance of neighbours, so that a pause in the middle does not count. */
function typicalDistance(x: readonly number[], places: readonly number[]): number {
  const distances = places.slice(1).map((place, i) => x[place]! - x[places[i]!]!)
  distances.sort((a, b) => a - b)
  return distances[distances.length >> 1] || 1
}

function smoothForward(
  x: readonly number[],
  values: Values,
  places: readonly number[],
  weight: number,
  distance: number,
  result: (number | null)[],
): void {
  let sum = 0
  let total = 0
  let before = x[places[0]!]! - distance
  for (const i of places) {
    const steps = (x[i]! - before) / distance
    const memory = steps === 1 ? weight : weight ** Math.max(0, steps)
    sum = sum * memory + (1 - weight) * values[i]!
    total = total * memory + (1 - weight)
    result[i] = sum / total
    before = x[i]!
  }
}

/** A bell averages 2 * sqrt(pi) of its standard deviations' worth of points, an exponential average (1 + weight) / (1 - weight). */
function bellWidth(x: readonly number[], places: readonly number[], weight: number, distance: number): number {
  const wanted = (((1 + weight) / (1 - weight)) * distance) / (2 * Math.sqrt(Math.PI))
  return Math.min(wanted, (x[places.at(-1)!]! - x[places[0]!]!) / 8)
}

/**
 * A straight line is fitted under the bell at every place, as a plain average would bend the ends: there all neighbours
 * lie on one side, so a falling loss would begin too low and end too high. It never leaves the values it is made of.
 */
function smoothBothWays(x: readonly number[], values: Values, places: readonly number[], sigma: number, result: (number | null)[]): void {
  let start = 0
  for (const i of places) {
    const center = x[i]!
    while (x[places[start]!]! < center - 3 * sigma) start++
    let [weight, lean, spread, sum, slant] = [0, 0, 0, 0, 0] // moments of the places, then of the values
    let [low, high] = [Infinity, -Infinity]
    for (let k = start; k < places.length; k++) {
      const away = (x[places[k]!]! - center) / sigma
      if (away > 3) break
      const value = values[places[k]!]!
      const share = Math.exp(-0.5 * away * away)
      weight += share
      lean += share * away
      spread += share * away * away
      sum += share * value
      slant += share * away * value
      if (value < low) low = value
      if (value > high) high = value
    }
    const width = weight * spread - lean * lean
    const fitted = width > 1e-9 * weight * weight ? (spread * sum - lean * slant) / width : sum / weight
    result[i] = Math.min(high, Math.max(low, fitted))
  }
}
