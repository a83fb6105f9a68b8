import { formatNumber } from '@/lib/format'

/** What a parameter or other holds. */
export type Value = string | number | boolean | null

/** How a value is drawn: numbers in figures of one width, words like `true` and `None` set apart from text that says the same. */
export type ValueLook = 'number' | 'word' | 'code' | 'text'

/** A parameter's value for people: `0.1`, not `0.1000` or `0.30000000000000004`; whole numbers digit by digit. */
export function formatValue(value: Value | undefined): { text: string; look: ValueLook } {
  if (value === null || value === undefined) return { text: 'None', look: 'word' }
  if (typeof value === 'boolean') return { text: String(value), look: 'word' }
  if (typeof value === 'number') return { text: formatPlainNumber(value), look: 'number' }
  if (value === '') return { text: 'empty', look: 'word' }
  return { text: value, look: /^[[{]/.test(value) ? 'code' : 'text' }
}

function formatPlainNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value).replace('-', '−')
  const size = Math.abs(value)
  if (!Number.isFinite(value) || size < 1e-3 || size >= 1e15) return formatNumber(value, 8).replace('∞', 'Infinity')
  return String(Number(value.toPrecision(7))).replace('-', '−')
}

/** A metric's value for people; what is no number is a word. */
export function formatMetricValue(value: number | string | null): string {
  return formatNumber(value).replace('∞', 'Infinity')
}

/** Whether a metric's value is NaN or infinite. */
export function isOdd(value: number | string | null): boolean {
  return typeof value === 'string'
}
