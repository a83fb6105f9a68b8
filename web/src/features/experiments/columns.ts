import type { Column } from '@/api/types'
import { rankMetrics } from '@/lib/rank-metrics'

/** What a column shows: what the API can answer, or a metric as a sparkline. */
export interface TableColumn {
  kind: Column['kind']
  name: string
  context: string
  value: Column['value'] | 'sketch'
}

/** Fields in the order in which the picker offers them. `name` is the first column of every table and no choice. */
export const FIELDS = ['state', 'started_at', 'ended_at', 'duration', 'tags', 'number', 'host', 'command', 'key'] as const

const FIELD_TITLES: Record<string, string> = {
  name: 'Name',
  state: 'State',
  started_at: 'Started',
  ended_at: 'Ended',
  duration: 'Duration',
  tags: 'Tags',
  number: 'Number',
  host: 'Host',
  command: 'Command',
  key: 'Key',
}
const VALUE_LETTERS = { last: 'm', min: 'min', max: 'max', count: 'count', step: 'step', sketch: 'sketch' } as const
const VALUE_WORDS = { last: '', min: 'min', max: 'max', count: 'points', step: 'last step', sketch: 'sketch' } as const

/** A field column. */
export function field(name: string): TableColumn {
  return { kind: 'field', name, context: '', value: 'last' }
}

/** A metric column. */
export function metric(name: string, context: string, value: TableColumn['value'] = 'last'): TableColumn {
  return { kind: 'metric', name, context, value }
}

const escape = (text: string) => text.replace(/[\\,@]/g, sign => `\\${sign}`)

/** A column as the URL writes it, and its identity: `f.state`, `p.lr`, `o.commit`, `m.loss@train`, `min.loss`, `sketch.loss`. */
export function encodeColumn({ kind, name, context, value }: TableColumn): string {
  const letter = kind === 'metric' ? VALUE_LETTERS[value] : kind[0]
  return `${letter}.${escape(name)}${kind === 'metric' && context ? `@${escape(context)}` : ''}`
}

/** The reverse of `encodeColumn`; null for what is no column. */
export function decodeColumn(text: string): TableColumn | null {
  const dot = text.indexOf('.')
  if (dot < 1) return null
  const letter = text.slice(0, dot)
  const parts = splitEscaped(text.slice(dot + 1), '@')
  const [name = '', context = ''] = parts
  if (!name || parts.length > 2) return null
  if (letter === 'f') return name in FIELD_TITLES ? field(name) : null
  if (letter === 'p' || letter === 'o')
    return { kind: letter === 'p' ? 'parameter' : 'other', name: parts.join('@'), context: '', value: 'last' }
  const value = (Object.keys(VALUE_LETTERS) as (keyof typeof VALUE_LETTERS)[]).find(key => VALUE_LETTERS[key] === letter)
  return value ? metric(name, context, value) : null
}

/** Columns as one text for the URL. */
export function encodeColumns(columns: readonly TableColumn[]): string {
  return columns.map(encodeColumn).join(',')
}

/** The reverse; what is no column is dropped, and so is a column named twice. */
export function decodeColumns(text: string): TableColumn[] {
  const columns = new Map<string, TableColumn>()
  for (const part of splitEscaped(text, ',', true)) {
    const column = decodeColumn(part)
    if (column && !(column.kind === 'field' && column.name === 'name')) columns.set(encodeColumn(column), column)
  }
  return [...columns.values()]
}

/** Splits at a sign that no backslash guards; `keepsEscapes` leaves the backslashes for the next reader. */
export function splitEscaped(text: string, sign: string, keepsEscapes = false): string[] {
  const parts: string[] = []
  let part = ''
  for (let place = 0; place < text.length; place++) {
    const letter = text[place]!
    if (letter === '\\' && place + 1 < text.length) {
      part += (keepsEscapes ? letter : '') + text[++place]!
    } else if (letter === sign) {
      parts.push(part)
      part = ''
    } else part += letter
  }
  if (part || parts.length) parts.push(part)
  return parts
}

/** What stands over a column: its title, and in small letters what of it is shown. */
export function columnTitle(column: TableColumn): { title: string; note: string } {
  if (column.kind === 'field') return { title: FIELD_TITLES[column.name] ?? column.name, note: '' }
  const word = column.kind === 'metric' ? VALUE_WORDS[column.value] : ''
  const note = [column.context, word === 'sketch' ? '' : word].filter(Boolean).join(' · ')
  return { title: column.kind === 'parameter' ? readableName(column.name) : column.name, note }
}

/** A nested name as people write it: `model|depth` is `model.depth`. */
export function readableName(name: string): string {
  return name.replaceAll('|', '.')
}

/** Whether a column's cells stand at the right. */
export function isNumeric(column: TableColumn): boolean {
  if (column.kind === 'field') return ['number', 'duration', 'started_at', 'ended_at'].includes(column.name)
  return column.kind === 'metric' && column.value !== 'sketch'
}

/** Whether a metric's cells have a bar beside the number: where sizes compare. */
export function hasBar(column: TableColumn): boolean {
  return column.kind === 'metric' && ['last', 'min', 'max'].includes(column.value)
}

const FIELD_WIDTHS: Record<string, number> = {
  state: 108,
  started_at: 108,
  ended_at: 108,
  duration: 100,
  tags: 176,
  number: 84,
  host: 150,
  command: 260,
  key: 150,
}

/** A column's width in px before the user changes it. */
export function columnWidth(column: TableColumn): number {
  if (column.kind === 'field') return FIELD_WIDTHS[column.name] ?? 120
  const { title, note } = columnTitle(column)
  const words = (title.length + (note ? note.length + 1 : 0)) * 7 + 42
  if (column.kind === 'metric') return Math.min(220, Math.max(column.value === 'sketch' ? 104 : hasBar(column) ? 134 : 92, words))
  return Math.min(200, Math.max(104, words))
}

/** The column as the API knows it; a sketch is asked for by its metric. */
export function toApiColumn({ kind, name, context, value }: TableColumn): Column {
  return { kind, name, context, value: value === 'sketch' ? 'last' : value }
}

/** The columns a project shows before anyone chose: how runs stand, the metrics that matter, and what differs between runs. */
export function chooseColumns(available: readonly Column[], varying: readonly string[]): TableColumn[] {
  const metrics = rankMetrics(available.filter(column => column.kind === 'metric'))
  const parameters = available.filter(column => column.kind === 'parameter').map(column => column.name)
  const chosen = (varying.length ? varying : parameters).slice(0, 6)
  const drawn = metrics.find(each => /train/.test(`${each.name} ${each.context}`)) ?? metrics[0]
  return [
    field('state'),
    ...(drawn ? [metric(drawn.name, drawn.context, 'sketch')] : []),
    ...metrics.slice(0, 4).map(({ name, context }) => metric(name, context)),
    ...chosen.map(name => ({ kind: 'parameter' as const, name, context: '', value: 'last' as const })),
    field('duration'),
    field('started_at'),
    field('tags'),
  ]
}

/** Which columns have more than one value in the rows; first those that most rows have, and the less nested. */
export function findVarying(names: readonly string[], rows: readonly { values: readonly unknown[] }[]): string[] {
  const known = names.map((name, place) => {
    const values = rows.map(row => row.values[place] ?? null)
    return {
      name,
      isVarying: new Set(values.map(value => JSON.stringify(value))).size > 1,
      missing: values.filter(value => value === null).length,
      depth: name.split('|').length,
    }
  })
  return known
    .filter(each => each.isVarying)
    .toSorted((a, b) => a.missing - b.missing || a.depth - b.depth)
    .map(each => each.name)
}
