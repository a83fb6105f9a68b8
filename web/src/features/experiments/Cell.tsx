import type { TableColumn } from '@/features/experiments/columns'
import { barFill, readSketch, readValue, type AnsweredRow, type Measure } from '@/features/experiments/measure'
import { formatCount, formatTime, toNumber } from '@/lib/format'
import { seriesColor } from '@/lib/series'
import { formatMetricValue, formatValue } from '@/lib/value'
import { Badge } from '@/ui/Badge'
import { Sparkline } from '@/ui/Sparkline'
import { StateBadge } from '@/ui/StateBadge'
import { Ago, Lasting } from '@/ui/Time'

interface CellProps {
  column: TableColumn
  measure: Measure
  answered: AnsweredRow
}

/** What stands in a row under a column. */
export function Cell({ column, measure, answered }: CellProps) {
  if (column.kind === 'field') return <FieldCell name={column.name} answered={answered} />
  if (column.value === 'sketch')
    return <Sparkline values={readSketch(answered, column)} color={seriesColor(answered.row.experiment.number)} />
  const value = readValue(answered, column)
  if (value === undefined || (value === null && column.kind === 'metric')) return <Nothing />
  if (column.kind === 'metric') {
    const number = toNumber(typeof value === 'boolean' ? null : value)
    if (number === null) return <Nothing />
    if (column.value === 'count' || column.value === 'step') return <span className="num">{formatCount(number)}</span>
    const text = formatMetricValue(number)
    if (!Number.isFinite(number)) return <span className="font-medium text-bad">{text}</span>
    return <Bar fill={barFill(number, measure)}>{text}</Bar>
  }
  if (value === null) return <Nothing />
  const { text, look } = formatValue(value, true)
  if (look === 'number') return <span className="num">{text}</span>
  return <span className="font-mono text-xs text-fg2">{text}</span>
}

function Nothing() {
  return (
    <span className="text-off" aria-label="no value">
      –
    </span>
  )
}

function Bar({ fill, children }: { fill: number | null; children: string }) {
  return (
    <span className="num flex items-center justify-end gap-2">
      {fill !== null && (
        <span aria-hidden className="h-[4px] w-9 shrink-0 overflow-hidden rounded-full bg-active">
          <span
            className="block h-full rounded-full"
            style={{
              width: `${Math.max(3, fill * 100)}%`,
              background: `color-mix(in oklab, var(--accent) ${Math.round(45 + fill * 55)}%, var(--text-off))`,
            }}
          />
        </span>
      )}
      <span className="truncate">{children}</span>
    </span>
  )
}

function FieldCell({ name, answered }: { name: string; answered: AnsweredRow }) {
  const { experiment } = answered.row
  switch (name) {
    case 'state':
      return <StateBadge state={experiment.state} title={experiment.reason || undefined} />
    case 'started_at':
      return (
        <span className="text-fg2">
          <Ago time={experiment.started_at} />
        </span>
      )
    case 'ended_at':
      return experiment.ended_at === null ? (
        <Nothing />
      ) : (
        <span className="text-fg2">
          <Ago time={experiment.ended_at} />
        </span>
      )
    case 'duration':
      return (
        <span className="text-fg2">
          <Lasting from={experiment.started_at} to={experiment.ended_at ?? (experiment.state === 'lost' ? experiment.heard_at : null)} />
        </span>
      )
    case 'tags':
      return (
        <span className="flex gap-1 overflow-hidden">
          {experiment.tags.map(tag => (
            <span key={tag} className="shrink-0">
              <Badge>{tag}</Badge>
            </span>
          ))}
        </span>
      )
    case 'number':
      return <span className="num text-fg2">{formatCount(experiment.number)}</span>
    case 'host':
      return experiment.host ? <span className="text-fg2">{experiment.host}</span> : <Nothing />
    case 'command':
    case 'key':
      return experiment[name] ? <span className="font-mono text-xs text-fg2">{experiment[name]}</span> : <Nothing />
    default:
      return <Nothing />
  }
}

/** A cell's value in full and exact, for copying and the tooltip. Empty where there is none. */
export function cellText(column: TableColumn, answered: AnsweredRow): string {
  const { experiment } = answered.row
  if (column.kind !== 'field') {
    if (column.value === 'sketch') return ''
    const value = readValue(answered, column)
    return value === undefined || value === null ? '' : String(value)
  }
  switch (column.name) {
    case 'name':
      return experiment.name
    case 'started_at':
      return formatTime(experiment.started_at)
    case 'ended_at':
      return experiment.ended_at === null ? '' : formatTime(experiment.ended_at)
    case 'tags':
      return experiment.tags.join(', ')
    case 'state':
      return experiment.reason ? `${experiment.state}: ${experiment.reason}` : experiment.state
    case 'number':
      return String(experiment.number)
    case 'host':
    case 'command':
    case 'key':
      return experiment[column.name]
    default:
      return ''
  }
}
