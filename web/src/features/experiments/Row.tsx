import { memo, type CSSProperties } from 'react'
import { Cell } from '@/features/experiments/Cell'
import { encodeColumn, type TableColumn } from '@/features/experiments/columns'
import { ROW_HEIGHT } from '@/features/experiments/layout'
import type { AnsweredRow, Measure } from '@/features/experiments/measure'
import { seriesColor } from '@/lib/series'
import { Checkbox } from '@/ui/Checkbox'
import { classes } from '@/ui/classes'
import type { Experiment, ExperimentRow } from '@/api/types'
import type { Search } from '@/api/experiments'
import { Skeleton } from '@/ui/Feedback'
import { LongName } from '@/ui/LongName'
import { Swatch } from '@/ui/Swatch'

interface RowProps {
  row: ExperimentRow
  search: Search
  place: number
  top: number
  columns: readonly TableColumn[]
  measures: readonly Measure[]
  template: string
  isSelected: boolean
  isActive: boolean
  onSelect: (place: number, isRange: boolean) => void
}

function rowStyle(top: number, template: string): CSSProperties {
  return { transform: `translateY(${top}px)`, height: ROW_HEIGHT, gridTemplateColumns: template }
}

function addressOf({ workspace, project, key }: Experiment): string {
  return `/${encodeURIComponent(workspace)}/${encodeURIComponent(project)}/experiments/${key}/charts`
}

/** An experiment's row. The name is a plain link, cheaper than the router's; the table takes its clicks, and those on the rest of the row. */
export const Row = memo(function Row({ row, search, place, top, columns, measures, template, isSelected, isActive, onSelect }: RowProps) {
  const { experiment } = row
  const answered: AnsweredRow = { row, search }
  const background = isSelected ? 'bg-select' : 'bg-surface group-hover:bg-hover'
  return (
    <div
      role="row"
      aria-rowindex={place + 2}
      aria-selected={isSelected}
      data-place={place}
      className={classes(
        'group absolute inset-x-0 top-0 grid cursor-default items-center border-b border-line text-sm',
        isSelected ? 'bg-select' : 'bg-surface hover:bg-hover',
      )}
      style={rowStyle(top, template)}
    >
      <div
        role="gridcell"
        data-column={-1}
        className={classes(
          'sticky left-0 z-[1] flex h-full min-w-0 items-center gap-2.5 border-r border-line pr-3 pl-3',
          background,
          isActive && 'shadow-[inset_2px_0_0_var(--accent)]',
        )}
      >
        <Checkbox
          label={`Select ${experiment.name}`}
          isChecked={isSelected}
          onChange={(_, event) => onSelect(place, (event.nativeEvent as MouseEvent).shiftKey)}
        />
        <Swatch color={seriesColor(experiment.number)} className="size-[9px]" />
        <a href={addressOf(experiment)} className="min-w-0 font-medium hover:underline">
          <LongName name={experiment.name} />
        </a>
      </div>
      {columns.map((column, number) => (
        <div
          role="gridcell"
          key={encodeColumn(column)}
          data-column={number}
          className={classes('truncate px-3', measures[number]?.isNumeric && 'text-right')}
        >
          <Cell column={column} measure={measures[number]!} answered={answered} />
        </div>
      ))}
    </div>
  )
})

/** The place of a row that is on its way. */
export function WaitingRow({ place, top, columns, template }: { place: number; top: number; columns: number; template: string }) {
  return (
    <div
      role="row"
      aria-rowindex={place + 2}
      aria-busy
      className="absolute inset-x-0 top-0 grid items-center border-b border-line bg-surface"
      style={rowStyle(top, template)}
    >
      <div role="gridcell" className="sticky left-0 z-[1] flex h-full items-center border-r border-line bg-surface pr-3 pl-9">
        <Skeleton className="h-3 w-32" />
      </div>
      {Array.from({ length: columns }, (_, number) => (
        <div role="gridcell" key={number} className="px-3">
          <Skeleton className="h-3 w-full max-w-20" />
        </div>
      ))}
    </div>
  )
}
