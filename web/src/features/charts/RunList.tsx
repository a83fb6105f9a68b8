import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Ellipsis } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { describeError } from '@/api/errors'
import { useExperimentRows } from '@/api/experiments'
import type { ProjectId } from '@/api/projects'
import type { ExperimentRow } from '@/api/types'
import { setHighlight } from '@/charts/highlight'
import { MOST, NEWEST } from '@/features/charts/choose'
import { NEWEST_FIRST, valueColumn } from '@/features/charts/use-runs'
import { formatCount, formatNumber } from '@/lib/format'
import { useListKeys } from '@/lib/keyboard'
import { seriesColor } from '@/lib/series'
import type { PanelMetric } from '@/panels/contract'
import { assignDashes, metricKey } from '@/panels/line-chart/data'
import type { PanelExperiment } from '@/panels/contract'
import { IconButton } from '@/ui/Button'
import { classes } from '@/ui/classes'
import { ErrorState, Skeleton } from '@/ui/Feedback'
import { LongName } from '@/ui/LongName'
import { Menu } from '@/ui/Menu'
import { SearchField } from '@/ui/SearchField'
import { Select } from '@/ui/Select'
import { StateDot } from '@/ui/StateBadge'

interface RunListProps extends ProjectId {
  drawn: readonly PanelExperiment[]
  text: string
  onText: (text: string) => void
  metrics: readonly PanelMetric[]
  /** Whose last value stands beside each name. */
  value: PanelMetric | undefined
  onValue: (key: string) => void
  onToggle: (key: string) => void
  /** Draws exactly these; undefined draws the newest. */
  onChoose: (keys: string[] | undefined) => void
  onOpen: (key: string) => void
}

const ROW = 30

/** The experiments of the project, newest first: the legend of every chart, and the place to choose what is drawn. */
export function RunList({ workspace, project, drawn, text, onText, metrics, value, onValue, onToggle, onChoose, onOpen }: RunListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(-1)
  const [total, setTotal] = useState(0)
  const virtual = useVirtualizer({ count: total, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 12 })
  const items = virtual.getVirtualItems()
  const search = useMemo(
    () => ({ workspace, project, text, is_archived: false, sort: NEWEST_FIRST, columns: value ? [valueColumn(value)] : [] }),
    [workspace, project, text, value],
  )
  const rows = useExperimentRows(search, items[0]?.index ?? 0, items.at(-1)?.index ?? 0)
  if (rows.total !== total && !rows.isPending) setTotal(rows.total)

  const dashes = useMemo(() => assignDashes(drawn), [drawn])
  const shown = useMemo(() => new Set(drawn.map(each => each.key)), [drawn])
  const keyAt = (place: number) => rows.row(place)?.experiment.key
  const onKeyDown = useListKeys({
    count: total,
    active,
    onMove: place => {
      setActive(place)
      virtual.scrollToIndex(place)
      setHighlight(keyAt(place) ?? null)
    },
    onOpen: place => keyAt(place) && onOpen(keyAt(place)!),
    onToggle: place => keyAt(place) && onToggle(keyAt(place)!),
  })
  const firstKeys = (count: number) =>
    Array.from({ length: Math.min(count, total) }, (_, place) => keyAt(place)).filter(key => key !== undefined)

  return (
    <>
      <div className="flex shrink-0 items-center gap-1 p-2">
        <SearchField label="Filter runs" value={text} onChange={onText} className="flex-1" />
        <Menu
          trigger={
            <IconButton label="Choose runs">
              <Ellipsis />
            </IconButton>
          }
          items={[
            { label: `Newest ${NEWEST}`, onSelect: () => onChoose(undefined) },
            { label: `First ${Math.min(20, total)} listed`, onSelect: () => onChoose(firstKeys(20)) },
            { label: `First ${Math.min(50, total)} listed`, isDisabled: total <= 20, onSelect: () => onChoose(firstKeys(50)) },
            { label: `First ${Math.min(MOST, total)} listed`, isDisabled: total <= 50, onSelect: () => onChoose(firstKeys(MOST)) },
            'line',
            { label: 'None', onSelect: () => onChoose([]) },
          ]}
        />
      </div>
      <div className="flex h-6 shrink-0 items-center gap-2 pr-2 pl-3 text-2xs font-medium whitespace-nowrap text-fg3">
        <span className="num">
          {formatCount(drawn.length)} of {formatCount(total)} shown
        </span>
        {value && metrics.length > 0 && (
          <Select
            label="Value shown"
            isBare
            value={metricKey(value)}
            onChange={onValue}
            options={metrics.map(metric => ({ value: metricKey(metric), label: metricKey(metric) }))}
            className="ml-auto !h-5 max-w-36 !gap-1 !px-1 !text-2xs !text-fg3"
          />
        )}
      </div>
      <div
        ref={scroller}
        role="group"
        aria-label="Run list"
        tabIndex={0}
        onKeyDown={onKeyDown}
        onMouseLeave={() => setHighlight(null)}
        className="min-h-0 flex-1 overflow-auto px-1.5 pb-2 focus-visible:-outline-offset-2"
      >
        {rows.error && rows.isPending ? (
          <ErrorState {...describeError(rows.error)} isCompact onRetry={rows.retry} />
        ) : rows.isPending ? (
          <div className="grid gap-2 p-1.5">
            {[0, 1, 2, 3, 4].map(place => (
              <Skeleton key={place} className="h-5" />
            ))}
          </div>
        ) : total === 0 ? (
          <p className="px-2 py-6 text-center text-sm text-fg3">{text ? `No run matches “${text}”` : 'No runs yet'}</p>
        ) : (
          <div role="list" className="relative" style={{ height: virtual.getTotalSize() }}>
            {items.map(item => {
              const row = rows.row(item.index)
              const key = row?.experiment.key ?? ''
              return (
                <div
                  key={item.key}
                  role="listitem"
                  className="absolute inset-x-0"
                  style={{ height: ROW, transform: `translateY(${item.start}px)` }}
                >
                  {row ? (
                    <Row
                      row={row}
                      isShown={shown.has(key)}
                      isActive={item.index === active}
                      dash={dashes.get(key)}
                      hasValue={value !== undefined}
                      onToggle={() => onToggle(key)}
                    />
                  ) : (
                    <Skeleton className="mx-1.5 my-1.5 h-[18px]" />
                  )}
                </div>
              )
            })}
          </div>
        )}
      </div>
    </>
  )
}

interface RowProps {
  row: ExperimentRow
  isShown: boolean
  isActive: boolean
  dash: readonly number[] | undefined
  hasValue: boolean
  onToggle: () => void
}

function Row({ row: { experiment, values }, isShown, isActive, dash, hasValue, onToggle }: RowProps) {
  const value = values[0]
  return (
    <div
      onMouseEnter={() => setHighlight(isShown ? experiment.key : null)}
      className={classes(
        'flex h-full items-center gap-2 rounded-md px-1.5 hover:bg-hover',
        isActive && 'bg-hover ring-1 ring-accent ring-inset',
        !isShown && 'text-fg3',
      )}
    >
      <button
        type="button"
        aria-label={`${isShown ? 'Hide' : 'Show'} ${experiment.name}`}
        aria-pressed={isShown}
        title={isShown ? 'Hide' : 'Show'}
        onClick={onToggle}
        className="flex size-5 shrink-0 items-center justify-center rounded hover:bg-active"
      >
        <RunSwatch color={isShown ? seriesColor(experiment.number) : undefined} dash={dash} />
      </button>
      <Link
        to="/$workspace/$project/experiments/$key/charts"
        params={{ workspace: experiment.workspace, project: experiment.project, key: experiment.key }}
        className="min-w-0 flex-1 text-sm hover:underline"
      >
        <LongName name={experiment.name} />
      </Link>
      <StateDot state={experiment.state} />
      {hasValue && (
        <span className={classes('num min-w-11 shrink-0 text-right text-xs', isShown ? 'text-fg2' : 'text-fg3')}>
          {typeof value === 'boolean' ? String(value) : formatNumber(value, 4)}
        </span>
      )}
    </div>
  )
}

/** A square of the run's colour; where runs share a colour, its dashes; hollow if it is not drawn. */
function RunSwatch({ color, dash }: { color: string | undefined; dash: readonly number[] | undefined }) {
  if (!color) return <span aria-hidden className="size-[10px] rounded-[3px] ring-[1.5px] ring-line2 ring-inset" />
  if (!dash?.length) return <span aria-hidden className="size-[10px] rounded-[3px]" style={{ background: color }} />
  return (
    <svg aria-hidden width="16" height="6">
      <line x1="0" x2="16" y1="3" y2="3" stroke={color} strokeWidth="3" strokeDasharray={dash.map(part => part * 0.75).join(' ')} />
    </svg>
  )
}
