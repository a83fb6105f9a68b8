const MINUS = '−'
const counts = new Intl.NumberFormat('en-US')
const decimalFormats = new Map<string, Intl.NumberFormat>() // dear to make, and tables format hundreds of numbers a frame

function decimalFormat(least: number, most: number): Intl.NumberFormat {
  const id = `${least} ${most}`
  const known = decimalFormats.get(id) ?? new Intl.NumberFormat('en-US', { minimumFractionDigits: least, maximumFractionDigits: most })
  decimalFormats.set(id, known)
  return known
}

/** A whole number with separators: `12,480`. */
export function formatCount(value: number): string {
  return counts.format(value)
}

/** A number for people: five digits that matter, `3.733e−4` where it is tiny or huge; NaN, ∞ and −∞ by their names. */
export function formatNumber(value: number | string | null | undefined, digits = 5): string {
  const number = toNumber(value)
  if (number === null) return '–'
  if (Number.isNaN(number)) return 'NaN'
  if (!Number.isFinite(number)) return number > 0 ? '∞' : `${MINUS}∞`
  if (number === 0) return '0'
  const size = Math.abs(number)
  if (size < 1e-3 || size >= 1e9) return trimExponent(number.toExponential(digits - 2)).replace(/-/g, MINUS)
  if (Number.isInteger(number)) return counts.format(number).replace('-', MINUS)
  const decimals = Math.max(0, digits - 1 - Math.max(0, Math.floor(Math.log10(size))))
  return decimalFormat(size >= 1000 ? 0 : decimals, decimals)
    .format(number)
    .replace('-', MINUS)
}

/** A number as the API sends it: odd ones come as text. Null where there is none. */
export function toNumber(value: number | string | null | undefined): number | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return value
  if (value === 'NaN') return Number.NaN
  if (value === 'Infinity' || value === '-Infinity') return value === 'Infinity' ? Infinity : -Infinity
  return null
}

/** A number on an axis, as short as it can be: `20k`, `1.5M`, `3e−4`. `step` is the distance of the ticks, `largest` the largest of them. */
export function formatTick(value: number, step: number, largest = Math.abs(value)): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (largest < 1e-3 || size < 1e-6)
    return trimExponent(value.toExponential(Math.max(0, Math.min(3, decimalsOf(step / 10 ** Math.floor(Math.log10(size))))))).replace(
      /-/g,
      MINUS,
    )
  const unit = UNITS.find(([factor]) => size >= factor && (factor >= 1e6 || largest >= factor * 10))
  const [factor, letter] = unit ?? [1, '']
  if (size >= 1e15) return trimExponent(value.toExponential(1)).replace(/-/g, MINUS)
  const text = (value / factor).toFixed(Math.min(8, decimalsOf(step / factor)))
  return trimZeros(text).replace('-', MINUS) + letter
}

const UNITS: readonly [number, string][] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
]

function decimalsOf(step: number): number {
  if (!(step > 0) || !Number.isFinite(step)) return 3
  for (let decimals = 0; decimals < 8; decimals++)
    if (Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) < 1e-6 * Math.max(1, step * 10 ** decimals)) return decimals
  return 8
}

const trimZeros = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
const trimExponent = (text: string) => text.replace(/\.?0*e\+?/, 'e')

/** A size: `0 B`, `512 B`, `1.5 KiB`, `20.3 MiB`, `4.0 GiB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return '–'
  const power = Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const value = bytes / 1024 ** power
  return `${power === 0 ? String(bytes) : value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${BYTE_UNITS[power]}`
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** How long: `350 ms`, `42 s`, `3m 20s`, `2h 34m`, `3d 4h`. */
export function formatDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return '–'
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  const seconds = Math.floor(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? `${hours}h ${minutes % 60}m` : `${Math.floor(hours / 24)}d ${hours % 24}h`
}

/** How long ago: `now`, `12 s ago`, `5 min ago`, `3 h ago`, `2 d ago`, then the day. */
export function formatAgo(time: number, now: number): string {
  const seconds = Math.floor((now - time) / 1000)
  if (seconds < 2) return 'now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  if (seconds < 14 * 86_400) return `${Math.floor(seconds / 86_400)} d ago`
  return new Date(time).toLocaleDateString('en-CA')
}

/** A moment in the reader's time zone: `2026-11-21 14:05:09`. */
export function formatTime(time: number): string {
  const date = new Date(time)
  const pad = (part: number) => String(part).padStart(2, '0')
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
}
