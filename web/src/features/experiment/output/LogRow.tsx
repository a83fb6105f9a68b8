import { memo } from 'react'
import { markMatches, readLine } from '@/features/experiment/output/ansi'
import type { LogLine } from '@/features/experiment/output/lines'
import { formatLineTime } from '@/features/experiment/output/times'
import type { TimeStyle } from '@/features/experiment/view'
import { formatTime } from '@/lib/format'
import { classes } from '@/ui/classes'

interface LogRowProps {
  place: number
  line: LogLine | undefined
  timeStyle: TimeStyle
  startedAt: number
  query: string
  /** The match that the search stands at. */
  isCurrent: boolean
  isPicked: boolean
  isWrapped: boolean
  gutter: number
}

const TINTS = { none: 'hover:bg-hover', warn: 'bg-warn-soft', bad: 'bg-bad-soft' }

/** A line of output: number, time, text. Its number picks it out; number and time are left out of what is copied. */
export const LogRow = memo(function LogRow({
  place,
  line,
  timeStyle,
  startedAt,
  query,
  isCurrent,
  isPicked,
  isWrapped,
  gutter,
}: LogRowProps) {
  const time = line ? formatLineTime(line.time, timeStyle, startedAt) : ''
  return (
    <div
      data-line={place}
      className={classes(
        'flex min-h-5',
        isPicked ? 'bg-select' : TINTS[line?.severity ?? 'none'],
        isWrapped ? 'w-full' : 'w-max min-w-full',
      )}
    >
      <button
        type="button"
        tabIndex={-1}
        data-number={place}
        aria-label={`Line ${place + 1}`}
        style={{ width: `calc(${gutter}ch + 28px)` }}
        className={classes('num h-5 shrink-0 pr-4 text-right select-none hover:text-accent', isPicked ? 'text-accent' : 'text-fg3')}
      >
        {place + 1}
      </button>
      {timeStyle !== 'off' && (
        <span
          title={line && formatTime(line.time)}
          className="num h-5 shrink-0 pr-[1ch] text-fg3 select-none"
          style={{ width: timeStyle === 'relative' ? '15ch' : '13ch' }}
        >
          {time}
        </span>
      )}
      <span className={classes('pr-4', isWrapped ? 'min-w-0 flex-1 break-words whitespace-pre-wrap' : 'whitespace-pre')}>
        {line ? <Text text={line.text} query={query} isCurrent={isCurrent} /> : ' '}
      </span>
    </div>
  )
})

function Text({ text, query, isCurrent }: { text: string; query: string; isCurrent: boolean }) {
  return markMatches(readLine(text), query).map((piece, place) => {
    const inner = piece.isMatch ? <mark className={isCurrent ? 'log-match log-match-current' : 'log-match'}>{piece.text}</mark> : piece.text
    return (
      // oxlint-disable-next-line react/no-array-index-key -- pieces have no identity but their place
      <span key={place} className={piece.classes || undefined} style={piece.style}>
        {inner}
      </span>
    )
  })
}
