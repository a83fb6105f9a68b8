import { ArrowDown, ArrowUp } from 'lucide-react'
import { columnTitle, type TableColumn } from '@/features/experiments/columns'
import { classes } from '@/ui/classes'

interface HeaderCellProps {
  column: TableColumn
  /** 1 for the first sort, 0 for none. */
  rank: number
  isDescending: boolean
  /** Whether it is one of several sorts, so that its rank is worth saying. */
  hasOthers: boolean
  isRight: boolean
  /** Stands inside a header cell that says the rest. */
  isInside?: boolean
  onSort: (isAdded: boolean) => void
}

/** A column's title; a click sorts, with shift after the other sorts. */
export function HeaderCell({ column, rank, isDescending, hasOthers, isRight, isInside = false, onSort }: HeaderCellProps) {
  const { title, note } = columnTitle(column)
  const Arrow = isDescending ? ArrowDown : ArrowUp
  const words = (
    <>
      <span className="truncate">
        {title}
        {note && <span className="font-normal text-fg3"> {note}</span>}
      </span>
      {rank > 0 && <Arrow aria-hidden className="size-3 shrink-0" />}
      {rank > 0 && hasOthers && <span className="num text-2xs text-fg3">{rank}</span>}
    </>
  )
  const button =
    column.value === 'sketch' ? (
      <span title={title} className="inline-flex h-6 min-w-0 items-center px-2">
        {words}
      </span>
    ) : (
      <button
        type="button"
        title={`${[title, note].filter(Boolean).join(' ')}\nClick to sort, shift-click to sort by it too`}
        onClick={event => onSort(event.shiftKey)}
        className={classes('inline-flex h-6 min-w-0 items-center gap-1 rounded px-2 hover:bg-hover hover:text-fg', rank > 0 && 'text-fg')}
      >
        {words}
      </button>
    )
  if (isInside) return button
  return (
    <div
      role="columnheader"
      aria-sort={rank === 0 ? 'none' : isDescending ? 'descending' : 'ascending'}
      className={classes('flex min-w-0 px-1', isRight && 'justify-end')}
    >
      {button}
    </div>
  )
}
