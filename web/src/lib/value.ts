import { formatNumber } from '@/lib/format'

/** What a parameter or other holds. */
export type Value = string | number | boolean | null

/** How a value is drawn: numbers in figures of one width, words like `true` and `None` set apart from text that says the same. */
export type ValueLook = 'number' | 'word' | 'code' | 'text'

/**
 * A parameter's value for people: `0.1`, not `0.1000` or `0.30000000000000004`; whole numbers digit by digit. `isShort`
 * cuts fractions to five digits that matter and writes very large numbers as `1.235e12`, for tables.
 */
export function formatValue(value: Value | undefined, isShort = false): { text: string; look: ValueLook } {
  if (value === null || value === undefined) return { text: 'None', look: 'word' }
  if (typeof value === 'boolean') return { text: String(value), look: 'word' }
  if (typeof value === 'number') return { text: formatPlainNumber(value, isShort), look: 'number' }
  if (value === '') return { text: 'empty', look: 'word' }
  return { text: value, look: /^[[{]/.test(value) ? 'code' : 'text' }
}

function formatPlainNumber(value: number, isShort: boolean): string {
  const size = Math.abs(value)
  if (Number.isSafeInteger(value) && (!isShort || size < 1e10)) return String(value).replace('-', '−')
  if (!Number.isFinite(value) || size < 1e-3 || size >= (isShort ? 1e9 : 1e15))
    return formatNumber(value, isShort ? 5 : 8).replace('∞', 'Infinity')
  // What stands before the point is never rounded away.
  return String(Number(value.toPrecision(Math.max(isShort ? 5 : 7, Math.ceil(Math.log10(size)))))).replace('-', '−')
}

/** A metric's value for people; what is no number is a word. */
export function formatMetricValue(value: number | string | null): string {
  return formatNumber(value).replace('∞', 'Infinity')
}

/** Whether a metric's value is NaN or infinite. */
export function isOdd(value: number | string | null): boolean {
  return typeof value === 'string'
}
