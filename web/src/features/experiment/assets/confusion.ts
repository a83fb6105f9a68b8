/** An example of a cell: what it says, and the picture of it if there is one. */
export interface Example {
  text: string
  /** Where it leads, for examples that are addresses. */
  link?: string
  /** The asset that is its picture. */
  asset?: string
}

/** A confusion matrix as it was logged: rows by actual class. */
export interface Confusion {
  title: string
  labels: readonly string[]
  rowLabel: string
  columnLabel: string
  counts: readonly (readonly number[])[]
  examples: readonly (readonly (readonly Example[])[])[]
  /** How many there are in all, and how many of those were right. */
  total: number
  right: number
}

/** Reads a logged confusion matrix; null if it has no counts. */
export function readConfusion(text: string): Confusion | null {
  let found: Record<string, unknown>
  try {
    found = JSON.parse(text) as Record<string, unknown>
  } catch {
    return null
  }
  const rows = found?.['matrix']
  if (!Array.isArray(rows) || rows.length === 0) return null
  const size = rows.length
  const places = Array.from({ length: size }, (_, place) => place)
  const counts = places.map(row => places.map(column => Number((rows[row] as unknown[] | undefined)?.[column]) || 0))
  const labels = found['labels']
  const samples = found['sampleMatrix']
  return {
    title: textOf(found['title'], 'Confusion matrix'),
    labels: places.map(place => (Array.isArray(labels) ? textOf(labels[place], String(place)) : String(place))),
    rowLabel: textOf(found['rowLabel'], 'Actual'),
    columnLabel: textOf(found['columnLabel'], 'Predicted'),
    counts,
    examples: places.map(row => places.map(column => readExamples((samples as unknown[][] | undefined)?.[row]?.[column]))),
    total: sum(counts.flat()),
    right: sum(places.map(place => counts[place]?.[place] ?? 0)),
  }
}

function readExamples(cell: unknown): Example[] {
  if (!Array.isArray(cell)) return []
  return cell.map((example: unknown) => {
    if (typeof example === 'object' && example !== null) {
      const { sample, index, assetId } = example as Record<string, unknown>
      const read: Example = { text: textOf(sample, textOf(index, '')) }
      if (typeof assetId === 'string' && /^[0-9a-f]{32}$/.test(assetId)) read.asset = assetId
      return read
    }
    const text = textOf(example, '')
    return /^https?:\/\//.test(text) ? { text, link: text } : { text }
  })
}

/** How dark a cell is, 0 to 1: its share of its row, or of the largest cell. */
export function shade(counts: readonly (readonly number[])[], row: number, column: number, isOfRow: boolean): number {
  const count = counts[row]?.[column] ?? 0
  const whole = isOfRow ? sum(counts[row] ?? []) : Math.max(...counts.flat())
  return whole > 0 ? count / whole : 0
}

const textOf = (value: unknown, otherwise: string) =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : otherwise
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
