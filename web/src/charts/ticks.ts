/** Where an axis has ticks, and what is written there. Pure. */
import { formatTick } from '@/lib/format'

/** What an axis counts: plain numbers, a duration in ms, or a moment in ms since 1970. */
export type AxisUnit = 'number' | 'duration' | 'moment'

/** The smallest step of 1, 2, 2.5 or 5 times a power of ten that puts at most `most` ticks between `low` and `high`. */
export function niceStep(low: number, high: number, most: number): number {
  const power = 10 ** Math.floor(Math.log10((high - low) / Math.max(1, most)))
  for (const scale of [power, power * 10, power * 100])
    for (const factor of NICE) if (countTicks(low, high, factor * scale) <= most) return factor * scale
  return high - low
}

/** How many multiples of `step` lie between `low` and `high`. */
function countTicks(low: number, high: number, step: number): number {
  return Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) + 1
}

const NICE = [1, 2, 2.5, 5]
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const TIME_STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map(n => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map(n => n * MINUTE),
  ...[1, 2, 3, 6, 12].map(n => n * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map(n => n * DAY),
]

/** Ticks between `low` and `high`, at most `most`. */
export function linearTicks(low: number, high: number, most: number, unit: AxisUnit = 'number'): number[] {
  if (!(high > low)) return [low]
  // Moments stand on round local times, so the ticks are counted from local midnight.
  const shift = unit === 'moment' ? new Date(low).getTimezoneOffset() * MINUTE : 0
  const step =
    (unit === 'number' ? undefined : TIME_STEPS.find(each => countTicks(low - shift, high - shift, each) <= most)) ??
    niceStep(low, high, most)
  const ticks: number[] = []
  const first = Math.ceil((low - shift) / step - 1e-9)
  for (let i = first; i * step + shift <= high + step * 1e-9; i++) ticks.push(clean(i * step, step) + shift)
  return ticks
}

/** Removes the dust of binary fractions: 0.30000000000000004 is 0.3. */
function clean(value: number, step: number): number {
  const digits = Math.max(0, Math.min(20, 2 - Math.floor(Math.log10(step))))
  return digits > 0 ? Number(value.toFixed(digits)) : value
}

/** Ticks of a log axis: powers of ten; within a few decades also 2 and 5, within one plain steps. */
export function logTicks(low: number, high: number, most: number): number[] {
  if (!(low > 0) || !(high > low)) return [low]
  const decades = Math.log10(high / low)
  if (decades < 0.7) return linearTicks(low, high, most).filter(tick => tick > 0)
  const stride = Math.max(1, Math.ceil(decades / most))
  const factors = decades <= most / 3 ? [1, 2, 5] : [1]
  const ticks: number[] = []
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    if (stride > 1 && ((power % stride) + stride) % stride !== 0) continue
    for (const factor of factors) {
      const tick = Number(`${factor}e${power}`)
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick)
    }
  }
  return ticks.length >= 2 ? ticks : linearTicks(low, high, most).filter(tick => tick > 0)
}

/** Ticks of a log axis of durations: 1 s, 10 s, 1 min, 10 min, 1 h and so on, so that their names are short. */
export function logDurationTicks(low: number, high: number, most: number): number[] {
  const ticks = [1, 10, 100, ...[1, 10].flatMap(n => [n * SECOND, n * MINUTE, n * HOUR]), DAY, 10 * DAY, 100 * DAY]
    .filter(tick => tick >= low && tick <= high)
    .sort((a, b) => a - b)
  return ticks.length >= 2 && ticks.length <= most + 1
    ? ticks
    : ticks.length < 2
      ? linearTicks(low, high, most, 'duration').filter(tick => tick > 0)
      : ticks.filter((_, i) => i % 2 === 0)
}

/** What is written at each tick. */
export function tickLabels(ticks: readonly number[], unit: AxisUnit): string[] {
  const step = ticks.length > 1 ? Math.min(...ticks.slice(1).map((tick, i) => tick - ticks[i]!)) : Math.abs(ticks[0] ?? 1)
  if (unit === 'duration') return ticks.map(tick => durationLabel(tick, step))
  if (unit === 'moment') return ticks.map((tick, i) => momentLabel(tick, step, ticks[i - 1]))
  // One notation on an axis that counts evenly; on a log axis each tick has its own.
  const isEven = ticks.length < 3 || Math.abs(ticks.at(-1)! - ticks[0]! - step * (ticks.length - 1)) < step / 2
  const largest = Math.max(...ticks.map(Math.abs))
  return ticks.map(tick => formatTick(tick, step, isEven ? largest : undefined))
}

function durationLabel(milliseconds: number, step: number): string {
  if (milliseconds === 0) return '0'
  if (step < SECOND) return milliseconds < SECOND ? `${milliseconds}ms` : `${trim(milliseconds / SECOND)}s`
  const parts: string[] = []
  let rest = Math.round(milliseconds / SECOND)
  for (const [size, letter] of [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'm'],
    [1, 's'],
  ] as const) {
    const count = Math.floor(rest / size)
    if (count > 0) parts.push(`${count}${letter}`)
    rest -= count * size
  }
  return parts.slice(0, 2).join(' ')
}

const trim = (value: number) => String(Number(value.toFixed(3)))

function momentLabel(time: number, step: number, before: number | undefined): string {
  const date = new Date(time)
  const pad = (part: number, size = 2) => String(part).padStart(size, '0')
  const day = `${date.toLocaleString('en-US', { month: 'short' })} ${date.getDate()}`
  if (step >= DAY) return day
  const isNewDay = before !== undefined && new Date(before).getDate() !== date.getDate()
  if (isNewDay) return day
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}`
  if (step >= MINUTE) return clock
  return step >= SECOND
    ? `${clock}:${pad(date.getSeconds())}`
    : `${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`
}
