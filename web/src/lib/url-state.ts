/** View state in the URL: plain `key=value`, lists joined by commas, objects as JSON, and readers that never trust what they find. */

type Search = Record<string, unknown>

/** The search part of a URL as an object of texts; JSON lists and objects are read. */
export function parseSearch(search: string): Search {
  const result: Search = {}
  for (const [key, text] of new URLSearchParams(search)) result[key] = /^[[{]/.test(text) ? readJson(text) : text
  return result
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The reverse; what is undefined is left out. Commas and slashes stay legible. */
export function stringifySearch(search: Search): string {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(search)) {
    if (value === undefined || value === null) continue
    parameters.set(key, isPlainList(value) ? value.join(',') : typeof value === 'object' ? JSON.stringify(value) : String(value))
  }
  const text = parameters.toString().replace(/%2C/g, ',').replace(/%2F/g, '/').replace(/%3A/g, ':')
  return text ? `?${text}` : ''
}

/** A list that commas can join: `runs=a,b` reads better than JSON. */
function isPlainList(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every(item => typeof item === 'string' && item !== '' && !/[,[{]/.test(item))
}

/** A text, or undefined where there is none. */
export function readText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A finite number between `low` and `high`, or undefined. */
export function readNumber(value: unknown, low = -Infinity, high = Infinity): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() ? Number(value) : Number.NaN
  return Number.isFinite(number) && number >= low && number <= high ? number : undefined
}

/** A truth value, or undefined. */
export function readFlag(value: unknown): boolean | undefined {
  if (value === true || value === 'true') return true
  return value === false || value === 'false' ? false : undefined
}

/** One of `choices`, or undefined. */
export function readChoice<Choice extends string>(value: unknown, choices: readonly Choice[]): Choice | undefined {
  return choices.find(choice => choice === value)
}

/** A list of texts, or undefined. */
export function readList(value: unknown): string[] | undefined {
  if (typeof value === 'string' && value !== '') return value.split(',')
  return Array.isArray(value) && value.every(item => typeof item === 'string') ? value : undefined
}

/** Drops what equals its default, so that a URL says only what differs. */
export function withoutDefaults<View extends object>(view: View, defaults: Partial<View>): Partial<View> {
  return Object.fromEntries(
    Object.entries(view).filter(
      ([key, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(defaults[key as keyof View]),
    ),
  ) as Partial<View>
}
