import { decodeColumn, encodeColumn, splitEscaped, type TableColumn } from '@/features/experiments/columns'

export interface ColumnSort {
  column: TableColumn
  isDescending: boolean
}

const LIMIT = 8 // as the API has it

/** Sorts as the URL writes them: `-m.loss,p.lr`, the minus for descending. */
export function encodeSort(sorts: readonly ColumnSort[]): string {
  return sorts.map(({ column, isDescending }) => (isDescending ? '-' : '') + encodeColumn(column)).join(',')
}

/** The reverse; what is no sort is dropped. */
export function decodeSort(text: string): ColumnSort[] {
  return splitEscaped(text, ',', true)
    .flatMap(part => {
      const isDescending = part.startsWith('-')
      const column = decodeColumn(isDescending ? part.slice(1) : part)
      return column && column.value !== 'sketch' ? [{ column, isDescending }] : []
    })
    .slice(0, LIMIT)
}

/** How a column is sorted among others; `rank` counts from 1 and is 0 where it is not. */
export function findSort(sorts: readonly ColumnSort[], column: TableColumn): { rank: number; isDescending: boolean } {
  const id = encodeColumn(column)
  const place = sorts.findIndex(sort => encodeColumn(sort.column) === id)
  return { rank: place + 1, isDescending: sorts[place]?.isDescending ?? false }
}

/**
 * The sorts after a click on a column's header: ascending, descending, none, and round again; dates begin with the
 * newest. With `isAdded` (shift) the other sorts stay and this one comes after them.
 */
export function cycleSort(sorts: readonly ColumnSort[], column: TableColumn, isAdded: boolean): ColumnSort[] {
  const id = encodeColumn(column)
  const now = findSort(sorts, column)
  const isNewestFirst = column.kind === 'field' && column.name.endsWith('_at')
  const next =
    now.rank === 0
      ? { column, isDescending: isNewestFirst }
      : now.isDescending === isNewestFirst
        ? { column, isDescending: !isNewestFirst }
        : null
  if (!isAdded) return next ? [next] : []
  if (now.rank === 0) return [...sorts, next!].slice(0, LIMIT)
  return sorts.flatMap(sort => (encodeColumn(sort.column) === id ? (next ? [next] : []) : [sort]))
}
