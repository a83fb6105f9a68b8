import { readChoice, readFlag, readText } from '@/lib/url-state'

/** How the time of a line is written. */
export const TIME_STYLES = ['local', 'utc', 'relative', 'off'] as const
export type TimeStyle = (typeof TIME_STYLES)[number]
export const STREAMS = ['stdout', 'stderr'] as const
export type StreamName = (typeof STREAMS)[number]

/** Lines `first` to `last` that are picked out, both included, from 1. */
export interface LineRange {
  first: number
  last: number
}

/** The output tab's state as it stands in the URL; what is left out is its default. */
export interface OutputView {
  /** Text to search for. */
  q?: string
  /** The one stream that is shown. */
  stream?: StreamName
  /** `local` if left out. */
  time?: TimeStyle
  wrap?: true
  /** See `encodeRange`. */
  lines?: string
}

/** Reads the URL's search part; what is not understood is dropped. */
export function readOutputView(search: Record<string, unknown>): OutputView {
  const view: OutputView = {}
  const q = readText(search['q'])
  const stream = readChoice(search['stream'], STREAMS)
  const time = readChoice(search['time'], TIME_STYLES)
  const lines = decodeRange(readText(search['lines']))
  if (q) view.q = q.slice(0, 1000)
  if (stream) view.stream = stream
  if (time && time !== 'local') view.time = time
  if (readFlag(search['wrap'])) view.wrap = true
  if (lines) view.lines = encodeRange(lines)
  return view
}

/** The assets tab's state as it stands in the URL. */
export interface AssetsView {
  /** Part of a name to search for. */
  q?: string
  /** The asset that is shown; the first there is if left out. */
  asset?: string
}

/** Reads the URL's search part; what is not understood is dropped. */
export function readAssetsView(search: Record<string, unknown>): AssetsView {
  const view: AssetsView = {}
  const q = readText(search['q'])
  const asset = readText(search['asset'])
  if (q) view.q = q.slice(0, 1000)
  if (asset && /^[0-9a-f]{32}$/.test(asset)) view.asset = asset
  return view
}

/** Lines as the URL writes them: `120` or `120-140`. */
export function encodeRange({ first, last }: LineRange): string {
  return first === last ? String(first) : `${first}-${last}`
}

/** The reverse, in whichever order the ends stand; null for what is no range. */
export function decodeRange(text: string | undefined): LineRange | null {
  const found = /^(\d{1,12})(?:-(\d{1,12}))?$/.exec(text ?? '')
  if (!found) return null
  const ends = [Number(found[1]), Number(found[2] ?? found[1])]
  const first = Math.min(...ends)
  return first >= 1 ? { first, last: Math.max(...ends) } : null
}
