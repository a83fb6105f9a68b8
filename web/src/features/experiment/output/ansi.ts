import { AnsiUp } from 'ansi_up'

/** A piece of a line in one look. `classes` and `style` come from its ANSI colours. */
export interface Segment {
  text: string
  classes: string
  style: Record<string, string>
}

/** Escape sequences, whole or cut off, that are not text. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]?|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_]|$)/g
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]/g

const KEPT = 4_000
const kept = new Map<string, readonly Segment[]>()

/** A line without its escape sequences and control characters. */
export function stripAnsi(text: string): string {
  return text.replace(ESCAPES, '').replace(CONTROLS, '')
}

/**
 * A line in pieces of one look. Colours start anew on each line, so that any line can be drawn without those before.
 *
 * Nothing here becomes HTML: pieces are drawn as text, and links in a log stay text.
 */
export function readLine(text: string): readonly Segment[] {
  if (!text.includes('\x1b')) return [plain(text.replace(CONTROLS, ''))]
  const known = kept.get(text)
  if (known) return known
  const parser = new AnsiUp()
  parser.use_classes = true
  parser.url_allowlist = {}
  const segments = readSpans(parser.ansi_to_html(text.replace(CONTROLS, '')))
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value!)
  kept.set(text, segments)
  return segments
}

const plain = (text: string): Segment => ({ text, classes: '', style: {} })

/** Reads the flat spans that ansi_up writes; a tag of any other kind is dropped. */
function readSpans(html: string): Segment[] {
  const segments: Segment[] = []
  let look: Omit<Segment, 'text'> = { classes: '', style: {} }
  for (const [, tag, text] of html.matchAll(/<([^>]*)>|([^<]+)/g)) {
    if (text !== undefined) segments.push({ text: unescapeHtml(text), ...look })
    else if (tag!.startsWith('/')) look = { classes: '', style: {} }
    else look = { classes: /class="([^"]*)"/.exec(tag!)?.[1] ?? '', style: readStyle(/style="([^"]*)"/.exec(tag!)?.[1] ?? '') }
  }
  return segments.length ? segments : [plain('')]
}

function readStyle(text: string): Record<string, string> {
  const style: Record<string, string> = {}
  for (const part of text.split(';')) {
    const [name, value] = part.split(':')
    if (name && value) style[name.trim().replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())] = value.trim()
  }
  return style
}

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'" }
const unescapeHtml = (text: string) => text.replace(/&(?:amp|lt|gt|quot|#x27);/g, entity => ENTITIES[entity]!)

/** A piece of a segment; `isMatch` where it holds what was searched for. */
export interface Piece extends Segment {
  isMatch: boolean
}

/** Cuts segments where a text stands, without case, also where it runs over from one to the next. */
export function markMatches(segments: readonly Segment[], query: string): Piece[] {
  const whole = segments
    .map(segment => segment.text)
    .join('')
    .toLowerCase()
  const wanted = query.toLowerCase()
  const ranges: [number, number][] = []
  for (let at = wanted ? whole.indexOf(wanted) : -1; at >= 0; at = whole.indexOf(wanted, at + wanted.length))
    ranges.push([at, at + wanted.length])
  if (ranges.length === 0) return segments.map(segment => ({ ...segment, isMatch: false }))
  const pieces: Piece[] = []
  let start = 0
  for (const segment of segments) {
    const end = start + segment.text.length
    const cuts = new Set([start, end, ...ranges.flat().filter(cut => cut > start && cut < end)])
    const edges = [...cuts].toSorted((a, b) => a - b)
    for (let place = 0; place + 1 < edges.length; place++) {
      const from = edges[place]!
      const to = edges[place + 1]!
      pieces.push({
        ...segment,
        text: segment.text.slice(from - start, to - start),
        isMatch: ranges.some(([low, high]) => from >= low && to <= high),
      })
    }
    start = end
  }
  return pieces
}
