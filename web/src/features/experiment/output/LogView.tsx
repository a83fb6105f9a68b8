import { useLayoutEffect, useRef, useState, type MouseEvent, type RefObject } from 'react'
import type { Stream } from '@/api/output'
import { describeError } from '@/api/errors'
import { useLogLines } from '@/features/experiment/output/lines'
import { LogRow } from '@/features/experiment/output/LogRow'
import { inSight, LINE_HEIGHT, scrollHeight } from '@/features/experiment/output/scroll'
import type { LogScroll } from '@/features/experiment/output/use-scroll'
import type { LineRange, TimeStyle } from '@/features/experiment/view'
import { ErrorState } from '@/ui/Feedback'
import '@/features/experiment/output/log.css'

interface LogViewProps {
  experimentKey: string
  stream: Stream
  total: number
  onTail: (total: number | undefined) => void
  scroller: RefObject<HTMLDivElement | null>
  scroll: LogScroll
  timeStyle: TimeStyle
  startedAt: number
  query: string
  /** Place of the match that the search stands at, or -1. */
  current: number
  picked: LineRange | null
  onPick: (place: number, isRange: boolean) => void
  isWrapped: boolean
}

/** The lines in sight. They flow in a window that stays while a tall empty box scrolls behind it. */
export function LogView({
  experimentKey,
  stream,
  total,
  onTail,
  scroller,
  scroll,
  timeStyle,
  startedAt,
  query,
  current,
  picked,
  onPick,
  isWrapped,
}: LogViewProps) {
  const { position, view } = scroll
  const frame = { total, view }
  const sight = inSight(position, frame)
  const { first, end, anchor, fraction, anchorTop } = sight
  const lines = useLogLines(experimentKey, stream, first, end)
  const { tail } = lines
  useLayoutEffect(() => onTail(tail), [onTail, tail])
  const flow = useRef<HTMLDivElement>(null)
  const shown = Array.from({ length: end - first }, (_, step) => first + step)

  // Without wrapping all lines are of one height and stand where they must. Wrapped ones are measured once drawn.
  const top = first * LINE_HEIGHT - position
  useLayoutEffect(() => {
    const box = flow.current
    if (!box) return
    const row = isWrapped ? (box.children[anchor - first] as HTMLElement | undefined) : undefined
    box.style.transform = `translateY(${row ? anchorTop - row.offsetTop - fraction * row.offsetHeight : top}px)`
  })

  // The box is as wide as the longest line seen, so that the scrollbar below keeps still.
  const longest = Math.max(0, ...shown.map(place => lines.line(place)?.text.length ?? 0))
  const [widest, setWidest] = useState(0)
  if (longest > widest) setWidest(longest)
  const gutter = Math.max(4, String(total).length)

  const onClick = (event: MouseEvent) => {
    const number = (event.target as HTMLElement).closest<HTMLElement>('[data-number]')?.dataset['number']
    if (number !== undefined) onPick(Number(number), event.shiftKey)
  }
  return (
    <>
      {lines.error && <ErrorState {...describeError(lines.error)} onRetry={lines.retry} isCompact className="border-b border-line" />}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events -- a scroller that moves by its own keys; the clicks are those of the buttons inside */}
      <div
        ref={scroller}
        role="log"
        aria-label="Output"
        aria-live="off"
        tabIndex={0}
        onScroll={scroll.onScroll}
        onKeyDown={scroll.onKeyDown}
        onClick={onClick}
        className="log min-h-0 flex-1 overflow-auto overscroll-contain bg-sunken font-mono text-xs leading-5 outline-none focus-visible:shadow-[inset_0_0_0_2px_var(--accent)]"
      >
        <div
          className="relative"
          style={{ height: scrollHeight(frame), minWidth: isWrapped ? undefined : `calc(${gutter + widest + 15}ch + 60px)` }}
        >
          <div className="sticky top-0 overflow-x-visible overflow-y-clip" style={{ height: view }}>
            <div ref={flow} className="relative pt-0 will-change-transform">
              {shown.map(place => (
                <LogRow
                  key={place}
                  place={place}
                  line={lines.line(place)}
                  timeStyle={timeStyle}
                  startedAt={startedAt}
                  query={query}
                  isCurrent={place === current}
                  isPicked={picked !== null && place + 1 >= picked.first && place + 1 <= picked.last}
                  isWrapped={isWrapped}
                  gutter={gutter}
                />
              ))}
            </div>
          </div>
        </div>
      </div>
    </>
  )
}
