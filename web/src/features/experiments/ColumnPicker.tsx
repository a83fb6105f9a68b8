import { ArrowDown, ArrowUp, Columns3, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useMetrics, type ProjectId } from '@/api/projects'
import type { Column } from '@/api/types'
import { columnTitle, encodeColumn, field, FIELDS, metric, type TableColumn } from '@/features/experiments/columns'
import { formatCount } from '@/lib/format'
import { Button, IconButton } from '@/ui/Button'
import { classes } from '@/ui/classes'
import { Popover } from '@/ui/Popover'
import { SearchField } from '@/ui/SearchField'

const LIMIT = 100 // choices of a kind shown at once; typing narrows
const METRIC_VALUES = ['sketch', 'last', 'min', 'max', 'count', 'step'] as const
const METRIC_WORDS = { sketch: 'sketch', last: 'last', min: 'min', max: 'max', count: 'points', step: 'step' } as const

interface ColumnPickerProps extends ProjectId {
  available: readonly Column[]
  columns: readonly TableColumn[]
  isDefault: boolean
  onChange: (columns: readonly TableColumn[] | undefined) => void
}

/** Chooses and orders the table's columns. */
export function ColumnPicker({ workspace, project, available, columns, isDefault, onChange }: ColumnPickerProps) {
  const [text, setText] = useState('')
  const shown = new Set(columns.map(encodeColumn))
  const matches = (name: string) =>
    text
      .toLowerCase()
      .split(/\s+/)
      .every(word => name.toLowerCase().includes(word))
  const toggle = (column: TableColumn) =>
    onChange(shown.has(encodeColumn(column)) ? columns.filter(each => encodeColumn(each) !== encodeColumn(column)) : [...columns, column])
  const move = (place: number, by: number) => {
    const next = [...columns]
    const [column] = next.splice(place, 1)
    next.splice(place + by, 0, column!)
    onChange(next)
  }
  const metrics = useMetrics({ workspace, project }, available, text).filter(({ name, context }) => matches(`${name} ${context}`))
  const loose = (kind: 'parameter' | 'other') =>
    available.filter(column => column.kind === kind).map(({ name }): TableColumn => ({ kind, name, context: '', value: 'last' }))
  const groups: [string, TableColumn[]][] = [
    ['Parameters', loose('parameter')],
    ['Others', loose('other')],
    ['Fields', FIELDS.map(field)],
  ]
  const found = groups.map(([title, choices]) => [title, choices.filter(column => matches(columnTitle(column).title))] as const)
  const hasFound = metrics.length > 0 || found.some(([, choices]) => choices.length > 0)

  return (
    <Popover
      label="Columns"
      className="w-80!"
      trigger={
        <Button>
          <Columns3 /> Columns <span className="num text-fg3">{columns.length}</span>
        </Button>
      }
    >
      <div className="flex items-center gap-1 border-b border-line p-2">
        <SearchField label="Find column" value={text} onChange={setText} className="flex-1" />
        <Button isSmall disabled={isDefault} onClick={() => onChange(undefined)}>
          Reset
        </Button>
      </div>
      <div className="min-h-0 flex-1 overflow-auto p-1 pb-2" tabIndex={0} role="region" aria-label="Choices">
        {!text && (
          <Group title="Shown" count={columns.length}>
            {columns.map((column, place) => (
              <li key={encodeColumn(column)} className="group flex h-7 items-center gap-1 rounded-[5px] pr-1 pl-2 hover:bg-hover">
                <Title column={column} />
                <span className="ml-auto flex shrink-0 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 [@media(hover:none)]:opacity-100">
                  <IconButton label={`Move ${columnTitle(column).title} up`} isSmall disabled={place === 0} onClick={() => move(place, -1)}>
                    <ArrowUp />
                  </IconButton>
                  <IconButton
                    label={`Move ${columnTitle(column).title} down`}
                    isSmall
                    disabled={place === columns.length - 1}
                    onClick={() => move(place, 1)}
                  >
                    <ArrowDown />
                  </IconButton>
                  <IconButton label={`Hide ${columnTitle(column).title}`} isSmall onClick={() => toggle(column)}>
                    <X />
                  </IconButton>
                </span>
              </li>
            ))}
          </Group>
        )}
        {metrics.length > 0 && (
          <Group title="Metrics" count={metrics.length}>
            {metrics.slice(0, LIMIT).map(({ name, context }) => (
              <li key={`${context}/${name}`} className="rounded-[5px] px-2 py-1 hover:bg-hover">
                <Title column={metric(name, context)} />
                <span className="mt-0.5 flex flex-wrap gap-1">
                  {METRIC_VALUES.map(value => {
                    const column = metric(name, context, value)
                    const isOn = shown.has(encodeColumn(column))
                    return (
                      <button
                        key={value}
                        type="button"
                        aria-pressed={isOn}
                        aria-label={`${name} ${context} ${METRIC_WORDS[value]}`}
                        onClick={() => toggle(column)}
                        className={classes(
                          'h-5 rounded-[4px] px-1.5 text-2xs font-medium',
                          isOn ? 'bg-accent-soft text-accent ring-1 ring-accent ring-inset' : 'bg-mute-soft text-fg2 hover:text-fg',
                        )}
                      >
                        {METRIC_WORDS[value]}
                      </button>
                    )
                  })}
                </span>
              </li>
            ))}
            <More count={metrics.length} />
          </Group>
        )}
        {found.map(
          ([title, choices]) =>
            choices.length > 0 && (
              <Group key={title} title={title} count={choices.length}>
                {choices.slice(0, LIMIT).map(column => {
                  const isOn = shown.has(encodeColumn(column))
                  return (
                    <li key={encodeColumn(column)}>
                      <button
                        type="button"
                        aria-pressed={isOn}
                        onClick={() => toggle(column)}
                        className="flex h-7 w-full items-center gap-2 rounded-[5px] px-2 text-left hover:bg-hover"
                      >
                        <Title column={column} />
                        <span className={classes('ml-auto shrink-0 text-fg3 [&_svg]:size-3.5', isOn && 'text-accent')}>
                          {isOn ? <X aria-hidden /> : <Plus aria-hidden />}
                        </span>
                      </button>
                    </li>
                  )
                })}
                <More count={choices.length} />
              </Group>
            ),
        )}
        {text && !hasFound && <p className="px-2 py-6 text-center text-fg3">No column is called “{text}”.</p>}
      </div>
    </Popover>
  )
}

function Title({ column }: { column: TableColumn }) {
  const { title, note } = columnTitle(column)
  const isSketch = column.value === 'sketch'
  return (
    <span title={title} className="min-w-0 truncate">
      {title}
      {(note || isSketch) && <span className="text-fg3"> {[note, isSketch ? 'sketch' : ''].filter(Boolean).join(' · ')}</span>}
    </span>
  )
}

function Group({ title, count, children }: { title: string; count: number; children: React.ReactNode }) {
  return (
    <section aria-label={title} className="pt-1">
      <h3 className="flex items-center gap-1.5 px-2 py-1 text-xs font-medium text-fg3">
        {title} <span className="num font-normal">{formatCount(count)}</span>
      </h3>
      <ul>{children}</ul>
    </section>
  )
}

function More({ count }: { count: number }) {
  return count > LIMIT && <li className="px-2 py-1 text-xs text-fg3">and {formatCount(count - LIMIT)} more; type to find them</li>
}
