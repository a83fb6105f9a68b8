import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import { isScaled, LINE_HEIGHT, maxPosition, positionOf, toPosition, toScrollTop, type Frame } from '@/features/experiment/output/scroll'

interface ScrollOptions {
  scroller: RefObject<HTMLDivElement | null>
  total: number
  /** Whether the log still grows, so that its end is worth staying at. */
  isLive: boolean
  /** Where it opens. */
  opensAt: 'start' | 'end' | number
}

export interface LogScroll {
  position: number
  view: number
  isFollowing: boolean
  setFollowing: (isFollowing: boolean) => void
  /** Puts a line in the middle of the window. */
  goTo: (line: number) => void
  onScroll: () => void
  onKeyDown: (event: KeyboardEvent) => void
}

/**
 * Where a log stands. The position is kept in px of the log and the scrollbar made to agree, because a scrollbar of a
 * million lines is coarser than a line: wheel and keys move by lines all the same. While it follows, it stays at the
 * end; scrolling up ends that, and coming back to the end of a live log begins it again.
 */
export function useLogScroll({ scroller, total, isLive, opensAt }: ScrollOptions): LogScroll {
  const [view, setView] = useState(600)
  const [isFollowing, setFollowing] = useState(opensAt === 'end')
  const frame: Frame = { total, view }
  const [wanted, setWanted] = useState(typeof opensAt === 'number' ? positionOf(opensAt, frame) : 0)
  const max = maxPosition(frame)
  const position = isFollowing ? max : Math.min(wanted, max)
  const expected = useRef(0)

  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    const top = toScrollTop(position, { total, view })
    if (Math.abs(box.scrollTop - top) >= 1) box.scrollTo({ top, behavior: 'instant' })
    expected.current = box.scrollTop
  }, [scroller, position, total, view])

  const isShown = total > 0 // else there is no box yet
  useEffect(() => {
    const box = scroller.current
    if (!isShown || !box) return
    const watch = new ResizeObserver(() => setView(box.clientHeight))
    watch.observe(box)
    return () => watch.disconnect()
  }, [scroller, isShown])

  const moveTo = (next: number) => {
    const kept = Math.min(max, Math.max(0, next))
    setWanted(kept)
    setFollowing(isLive && kept >= max - 1)
  }
  const onWheel = useEffectEvent((event: WheelEvent) => {
    if (!isScaled(frame) || event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return
    event.preventDefault()
    moveTo(
      position +
        event.deltaY *
          (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_HEIGHT : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? view : 1),
    )
  })
  useEffect(() => {
    const box = scroller.current
    if (!isShown || !box) return
    const listen = (event: WheelEvent) => onWheel(event)
    box.addEventListener('wheel', listen, { passive: false })
    return () => box.removeEventListener('wheel', listen)
  }, [scroller, isShown])

  return {
    position,
    view,
    isFollowing,
    setFollowing: next => {
      setWanted(position)
      setFollowing(next)
    },
    goTo: line => {
      setFollowing(false)
      setWanted(positionOf(line, frame))
    },
    onScroll: () => {
      const top = scroller.current?.scrollTop ?? 0
      if (Math.abs(top - expected.current) < 1) return
      expected.current = top
      moveTo(toPosition(top, frame))
    },
    onKeyDown: event => {
      if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
      const page = Math.max(LINE_HEIGHT, view - 2 * LINE_HEIGHT)
      const steps: Record<string, number> = {
        ArrowDown: LINE_HEIGHT,
        ArrowUp: -LINE_HEIGHT,
        PageDown: page,
        PageUp: -page,
        ' ': event.shiftKey ? -page : page,
        Home: -Infinity,
        End: Infinity,
      }
      const step = steps[event.key]
      if (step === undefined) return
      event.preventDefault()
      moveTo(position + step)
    },
  }
}
