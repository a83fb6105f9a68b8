import { ArrowDown, ArrowDownToLine, ArrowUp, ArrowUpToLine, Clock, Download, Hash } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { outputDownloadAddress } from '@/api/output'
import type { LogSearch } from '@/features/experiment/output/use-search'
import { TIME_STYLES, type OutputView, type StreamName, type TimeStyle } from '@/features/experiment/view'
import { formatCount } from '@/lib/format'
import { Button, IconButton } from '@/ui/Button'
import { Spinner } from '@/ui/Feedback'
import { Menu } from '@/ui/Menu'
import { Popover } from '@/ui/Popover'
import { SearchField } from '@/ui/SearchField'
import { Segmented } from '@/ui/Segmented'
import { Toggle } from '@/ui/Toggle'
import { Tooltip } from '@/ui/Tooltip'

const TIME_WORDS: Record<TimeStyle, string> = { local: 'Local time', utc: 'UTC', relative: 'Since start', off: 'No times' }

interface LogToolbarProps {
  experimentKey: string
  name: string
  total: number | undefined
  view: OutputView
  onView: (change: { [Key in keyof OutputView]?: OutputView[Key] | undefined }) => void
  search: LogSearch
  onStep: (isBackwards: boolean) => void
  isLive: boolean
  isFollowing: boolean
  onFollow: (isFollowing: boolean) => void
  onGoTo: (line: number) => void
  /** Goes to a line and picks it out. */
  onJump: (line: number) => void
  isJumpOpen: boolean
  onJumpOpen: (isOpen: boolean) => void
}

/** Search, stream, and how lines are drawn. */
export function LogToolbar({
  experimentKey,
  name,
  total,
  view,
  onView,
  search,
  onStep,
  isLive,
  isFollowing,
  onFollow,
  onGoTo,
  onJump,
  isJumpOpen,
  onJumpOpen,
}: LogToolbarProps) {
  const time = view.time ?? 'local'
  return (
    <div
      role="toolbar"
      aria-label="How output is shown"
      className="flex min-h-[var(--bar)] shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-4 py-2"
    >
      <SearchField
        label={total === undefined ? 'Search lines' : `Search ${formatCount(total)} lines`}
        value={view.q ?? ''}
        onChange={q => onView({ q })}
        isPageSearch
        maxLength={1000}
        onKeyDown={event => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          onStep(event.shiftKey)
        }}
        className="w-60 max-sm:w-full"
      />
      {view.q && (
        <span className="flex items-center gap-0.5">
          <Matches search={search} />
          <IconButton label="Previous match" shortcut="N" isSmall disabled={!search.total} onClick={() => onStep(true)}>
            <ArrowUp />
          </IconButton>
          <IconButton label="Next match" shortcut="n" isSmall disabled={!search.total} onClick={() => onStep(false)}>
            <ArrowDown />
          </IconButton>
        </span>
      )}
      <Segmented<StreamName | 'all'>
        label="Stream"
        value={view.stream ?? 'all'}
        onChange={stream => onView({ stream: stream === 'all' ? undefined : stream, lines: undefined })}
        options={[
          ['all', 'All'],
          ['stdout', 'stdout'],
          ['stderr', 'stderr'],
        ]}
      />
      <div className="ml-auto flex flex-wrap items-center gap-x-2 gap-y-1">
        <Menu
          trigger={
            <Button>
              <Clock /> {TIME_WORDS[time]}
            </Button>
          }
          items={TIME_STYLES.map(style => ({
            label: TIME_WORDS[style],
            isChecked: style === time,
            onSelect: () => onView({ time: style === 'local' ? undefined : style }),
          }))}
        />
        <Toggle isOn={view.wrap ?? false} onChange={isOn => onView({ wrap: isOn || undefined })}>
          Wrap
        </Toggle>
        {isLive && (
          <Toggle isOn={isFollowing} onChange={onFollow}>
            Follow
          </Toggle>
        )}
        <span className="flex items-center">
          <JumpPopover total={total} isOpen={isJumpOpen} onOpen={onJumpOpen} onJump={onJump} />
          <IconButton label="First line" onClick={() => onGoTo(0)}>
            <ArrowUpToLine />
          </IconButton>
          <IconButton label="Last line" onClick={() => onGoTo((total ?? 1) - 1)}>
            <ArrowDownToLine />
          </IconButton>
          <Tooltip label="Download all lines">
            <a
              href={outputDownloadAddress(experimentKey)}
              download={`${name}.log`}
              aria-label="Download all lines"
              className="inline-flex size-7 items-center justify-center rounded-[6px] text-fg2 hover:bg-hover hover:text-fg"
            >
              <Download className="size-3.5" />
            </a>
          </Tooltip>
        </span>
      </div>
    </div>
  )
}

function Matches({ search }: { search: LogSearch }) {
  if (search.error) return <span className="px-1 text-xs text-bad">search failed</span>
  if (search.isPending || search.total === null) return <Spinner label="Searching" />
  const count = formatCount(search.total)
  return (
    <span role="status" className="num px-1 text-xs whitespace-nowrap text-fg2">
      {search.total === 0
        ? 'no match'
        : search.at >= 0
          ? `${formatCount(search.at + 1)} of ${count}`
          : search.total === 1
            ? '1 line'
            : `${count} lines`}
    </span>
  )
}

function JumpPopover({
  total,
  isOpen,
  onOpen,
  onJump,
}: {
  total: number | undefined
  isOpen: boolean
  onOpen: (isOpen: boolean) => void
  onJump: (line: number) => void
}) {
  const [text, setText] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const line = Number(text.replace(/[,\s]/g, ''))
    if (!Number.isInteger(line) || line < 1 || !total) return
    onOpen(false)
    onJump(Math.min(line, total) - 1)
  }
  return (
    <Popover
      label="Go to line"
      isOpen={isOpen}
      onOpenChange={onOpen}
      className="w-60! p-2"
      trigger={
        <IconButton label="Go to line" shortcut="g">
          <Hash />
        </IconButton>
      }
    >
      <form onSubmit={submit} className="flex gap-1.5">
        <input
          aria-label="Line number"
          inputMode="numeric"
          placeholder={total ? `1 to ${formatCount(total)}` : 'Line'}
          value={text}
          onChange={event => setText(event.target.value)}
          autoComplete="off"
          className="num h-7 min-w-0 flex-1 rounded-[6px] bg-surface px-2 ring-1 ring-line2 ring-inset outline-none focus:ring-accent"
        />
        <Button kind="solid" type="submit">
          Go
        </Button>
      </form>
    </Popover>
  )
}
