import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type MouseEvent, type PointerEvent, type ReactNode } from 'react'
import { useNavigate } from '@tanstack/react-router'
import { useExperimentRows, type Search } from '@/api/experiments'
import { describeError } from '@/api/errors'
import type { Experiment } from '@/api/types'
import { encodeColumn, field, type TableColumn } from '@/features/experiments/columns'
import { CopyCell, type CellInSight } from '@/features/experiments/CopyCell'
import { cellText } from '@/features/experiments/Cell'
import { HeaderCell } from '@/features/experiments/HeaderCell'
import { HEADER_HEIGHT, layOut, ROW_HEIGHT } from '@/features/experiments/layout'
import type { AnsweredRow } from '@/features/experiments/measure'
import { Row, WaitingRow } from '@/features/experiments/Row'
import { cycleSort, findSort, type ColumnSort } from '@/features/experiments/sort'
import type { Selection } from '@/features/experiments/selection'
import { useAnchor } from '@/features/experiments/use-anchor'
import { useMeasures } from '@/features/experiments/use-measures'
import { useListKeys } from '@/lib/keyboard'
import { Checkbox } from '@/ui/Checkbox'
import { classes } from '@/ui/classes'
import { ErrorState } from '@/ui/Feedback'

const REACH = 50 // rows beyond those in sight that are fetched too

interface ExperimentTableProps {
  search: Search
  columns: readonly TableColumn[]
  sorts: readonly ColumnSort[]
  onSort: (sorts: ColumnSort[]) => void
  selection: Selection
  onCount: (total: number | undefined) => void
  /** What to show instead of rows where there are none. */
  empty: ReactNode
}

/** The table: virtual rows over pages that the server sorts and filters. */
export function ExperimentTable({ search, columns, sorts, onSort, selection, onCount, empty }: ExperimentTableProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const navigate = useNavigate()
  const [sight, setSight] = useState({ first: 0, last: REACH })
  const rows = useExperimentRows(search, sight.first, sight.last)
  const [touched, setTouched] = useState<{ place: number; key: string | undefined }>({ place: -1, key: undefined })
  const [cell, setCell] = useState<CellInSight | null>(null)

  // oxlint-disable-next-line react/incompatible-library -- its functions are used in this component only
  const virtual = useVirtualizer({
    count: rows.total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    scrollPaddingStart: HEADER_HEIGHT,
    overscan: 8,
  })
  const items = virtual.getVirtualItems()
  const first = Math.max(0, (items[0]?.index ?? 0) - REACH)
  const last = (items.at(-1)?.index ?? 0) + REACH
  useEffect(() => setSight({ first, last }), [first, last])
  const total = rows.isPending || (rows.error && rows.total === 0) ? undefined : rows.total
  useEffect(() => onCount(total), [onCount, total])

  const answeredAt = (place: number): AnsweredRow | undefined => {
    const row = rows.row(place)
    return row && { row, search: rows.searchAt(place) }
  }
  const inSight = useMemo(() => Array.from({ length: last - first + 1 }, (_, step) => first + step), [first, last])
  const measures = useMeasures(
    search,
    columns,
    inSight.flatMap(place => answeredAt(place) ?? []),
  )
  useAnchor(search, scroller, virtual.scrollOffset ?? 0, place => rows.row(place)?.experiment.key)

  // The row the keys act on stays the same when others come in above it.
  const isMoved = touched.key !== undefined && rows.row(touched.place)?.experiment.key !== touched.key
  const active = isMoved ? (inSight.find(place => rows.row(place)?.experiment.key === touched.key) ?? touched.place) : touched.place
  const setActive = (place: number) => setTouched({ place, key: rows.row(place)?.experiment.key })

  const open = (experiment: Experiment) =>
    void navigate({
      to: '/$workspace/$project/experiments/$key/charts',
      params: { workspace: experiment.workspace, project: experiment.project, key: experiment.key },
    })
  const select = (place: number, isRange: boolean) => {
    const experiment = rows.row(place)?.experiment
    if (!experiment) return
    setActive(place)
    selection.toggle(experiment, isRange ? place : null, place, each => rows.row(each)?.experiment)
  }
  const selectRef = useRef(select)
  useLayoutEffect(() => {
    selectRef.current = select
  })
  const [onSelect] = useState(() => (place: number, isRange: boolean) => selectRef.current(place, isRange))

  const onKeyDown = useListKeys({
    count: rows.total,
    active,
    onMove: place => {
      setActive(place)
      virtual.scrollToIndex(place)
    },
    onOpen: place => {
      const experiment = rows.row(place)?.experiment
      if (experiment) open(experiment)
    },
    onToggle: place => select(place, false),
  })

  const onClick = (event: MouseEvent<HTMLDivElement>) => {
    const target = event.target as HTMLElement
    const place = target.closest<HTMLElement>('[data-place]')?.dataset['place']
    if (place === undefined) return
    setActive(Number(place))
    const isLink = target.closest('a') !== null
    const hasModifier = event.shiftKey || event.ctrlKey || event.metaKey
    if ((isLink && hasModifier) || target.closest('button, input, label') || window.getSelection()?.isCollapsed === false) return
    const experiment = rows.row(Number(place))?.experiment
    if (!experiment) return
    if (isLink) event.preventDefault()
    if (hasModifier) select(Number(place), event.shiftKey)
    else open(experiment)
  }
  const onPointerOver = (event: PointerEvent<HTMLDivElement>) => {
    if (event.pointerType !== 'mouse') return
    if ((event.target as HTMLElement).closest('[data-copy]')) return
    const box = (event.target as HTMLElement).closest<HTMLElement>('[data-column]')
    const place = box?.closest<HTMLElement>('[data-place]')?.dataset['place']
    if (!box || place === undefined) return setCell(null)
    const number = Number(box.dataset['column'])
    const column = number < 0 ? field('name') : columns[number]
    const answered = answeredAt(Number(place))
    const text = column && answered ? cellText(column, answered) : ''
    setCell(text ? { text, box, scroller: scroller.current! } : null)
  }

  const { template, minWidth } = layOut(columns)
  const hasNone = total === 0

  if (rows.error && !rows.total) return <ErrorState {...describeError(rows.error)} onRetry={rows.retry} className="flex-1" />
  if (hasNone) return <div className="min-h-0 flex-1 overflow-auto">{empty}</div>
  return (
    <div className="relative flex min-h-0 flex-1 flex-col" onPointerOver={onPointerOver} onPointerLeave={() => setCell(null)}>
      {rows.error && <ErrorState {...describeError(rows.error)} onRetry={rows.retry} isCompact className="border-b border-line" />}
      <div
        ref={scroller}
        role="grid"
        aria-label="Experiments"
        aria-rowcount={rows.total + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable
        aria-busy={rows.isPending || rows.isStale}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onScroll={() => cell && setCell(null)}
        className={classes(
          'min-h-0 flex-1 overflow-auto overscroll-contain outline-none focus-visible:shadow-[inset_0_0_0_2px_var(--accent)]',
          rows.isStale && 'opacity-60 transition-opacity delay-150',
        )}
      >
        <div role="rowgroup" className="sticky top-0 z-10" style={{ minWidth }}>
          <div
            role="row"
            aria-rowindex={1}
            className="grid items-center border-b border-line bg-sunken text-xs font-medium text-fg2"
            style={{ gridTemplateColumns: template, height: HEADER_HEIGHT }}
          >
            <div
              role="columnheader"
              aria-sort={sortWord(sorts, field('name'))}
              className="sticky left-0 z-[2] flex h-full min-w-0 items-center gap-1 border-r border-line bg-sunken pl-3"
            >
              <Checkbox
                label="Select all"
                isChecked={total !== undefined && selection.size > 0 && selection.size >= total}
                isMixed={selection.size > 0 && (total === undefined || selection.size < total)}
                onChange={isChecked => (isChecked && selection.size === 0 ? selection.all(search) : selection.clear())}
              />
              <NameHeader sorts={sorts} onSort={onSort} />
            </div>
            {columns.map((column, number) => {
              const { rank, isDescending } = findSort(sorts, column)
              return (
                <HeaderCell
                  key={encodeColumn(column)}
                  column={column}
                  rank={rank}
                  isDescending={isDescending}
                  hasOthers={sorts.length > 1}
                  isRight={measures[number]?.isNumeric ?? false}
                  onSort={isAdded => onSort(cycleSort(sorts, column, isAdded))}
                />
              )
            })}
          </div>
        </div>
        <div
          role="rowgroup"
          className="relative overflow-y-clip"
          style={{ height: rows.isPending ? `calc(100% - ${HEADER_HEIGHT}px)` : virtual.getTotalSize(), minWidth }}
        >
          {rows.isPending
            ? Array.from({ length: 40 }, (_, place) => (
                <WaitingRow key={place} place={place} top={place * ROW_HEIGHT} columns={columns.length} template={template} />
              ))
            : items.map(({ index, start }) => {
                const row = rows.row(index)
                if (!row)
                  return <WaitingRow key={`waiting ${index}`} place={index} top={start} columns={columns.length} template={template} />
                return (
                  <Row
                    key={row.experiment.key}
                    row={row}
                    search={rows.searchAt(index)}
                    place={index}
                    top={start}
                    columns={columns}
                    measures={measures}
                    template={template}
                    isSelected={selection.has(row.experiment.key)}
                    isActive={index === active}
                    onSelect={onSelect}
                  />
                )
              })}
        </div>
      </div>
      {cell && <CopyCell cell={cell} />}
    </div>
  )
}

function NameHeader({ sorts, onSort }: { sorts: readonly ColumnSort[]; onSort: (sorts: ColumnSort[]) => void }) {
  const column = field('name')
  return (
    <HeaderCell
      column={column}
      {...findSort(sorts, column)}
      hasOthers={sorts.length > 1}
      isRight={false}
      isInside
      onSort={isAdded => onSort(cycleSort(sorts, column, isAdded))}
    />
  )
}

function sortWord(sorts: readonly ColumnSort[], column: TableColumn) {
  const { rank, isDescending } = findSort(sorts, column)
  return rank === 0 ? 'none' : isDescending ? 'descending' : 'ascending'
}
