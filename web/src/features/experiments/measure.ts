import { encodeColumn, isNumeric, toApiColumn, type TableColumn } from '@/features/experiments/columns'
import type { Search } from '@/api/experiments'
import type { ExperimentRow } from '@/api/types'
import { toNumber } from '@/lib/format'
import type { Value } from '@/lib/value'

/** What the rows that are here say of a column: its extremes, for bars, and whether it stands at the right. */
export interface Measure {
  low: number
  high: number
  isNumeric: boolean
}

/** A row as the server sent it, and the search that it answers. */
export interface AnsweredRow {
  row: ExperimentRow
  search: Search
}

const places = new WeakMap<Search, Map<string, number>>()

function placesOf(search: Search): Map<string, number> {
  let known = places.get(search)
  if (!known) {
    known = new Map()
    search.columns?.forEach((column, place) => known!.set(encodeColumn(column), place))
    search.sketches?.forEach((column, place) => known!.set(encodeColumn({ ...column, value: 'sketch' }), place))
    places.set(search, known)
  }
  return known
}

/** A row's value in a column; undefined if the row answers a search without that column. */
export function readValue({ row, search }: AnsweredRow, column: TableColumn): Value | undefined {
  const place = placesOf(search).get(encodeColumn(column))
  return place === undefined ? undefined : row.values[place]
}

/** A row's sketch in a column. */
export function readSketch({ row, search }: AnsweredRow, column: TableColumn): readonly (number | null)[] {
  const place = placesOf(search).get(encodeColumn(column))
  return place === undefined ? [] : (row.sketches[place] ?? [])
}

/** Measures each column over some rows. A parameter is numeric if all its values are numbers. */
export function measureColumns(columns: readonly TableColumn[], rows: readonly AnsweredRow[]): Measure[] {
  return columns.map(column => {
    const isLoose = column.kind === 'parameter' || column.kind === 'other'
    if (column.kind === 'field' || column.value === 'sketch') return { low: 0, high: 0, isNumeric: isNumeric(column) }
    let low = Infinity
    let high = -Infinity
    let texts = 0
    let numbers = 0
    for (const answered of rows) {
      const value = readValue(answered, column)
      if (value === null || value === undefined) continue
      const number = typeof value === 'number' ? value : column.kind === 'metric' && typeof value === 'string' ? toNumber(value) : null
      if (number === null) texts++
      else numbers++
      if (number === null || !Number.isFinite(number)) continue
      if (number < low) low = number
      if (number > high) high = number
    }
    return { low, high, isNumeric: isLoose ? numbers > 0 && texts === 0 : true }
  })
}

/** How much of its bar a number fills, 0 to 1; null where there is nothing to compare. */
export function barFill(value: number, { low, high }: Measure): number | null {
  return Number.isFinite(value) && high > low ? (value - low) / (high - low) : null
}

/** The part of a search that says which columns rows come with. */
export function askFor(columns: readonly TableColumn[]): Pick<Search, 'columns' | 'sketches'> {
  const values = columns.filter(column => column.kind !== 'field' && column.value !== 'sketch')
  const sketches = columns.filter(column => column.value === 'sketch')
  return { columns: values.map(toApiColumn), sketches: sketches.slice(0, 8).map(toApiColumn) }
}
