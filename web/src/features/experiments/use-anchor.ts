import { useLayoutEffect, useRef, type RefObject } from 'react'
import type { Search } from '@/api/experiments'
import { ROW_HEIGHT } from '@/features/experiments/layout'

/** Keeps the rows under the reader's eyes when newer ones come in above, and goes to the top when others are asked for. */
export function useAnchor(
  { text, states, is_archived, sort }: Search,
  scroller: RefObject<HTMLDivElement | null>,
  offset: number,
  keyAt: (place: number) => string | undefined,
): void {
  const asked = JSON.stringify([text, states, is_archived, sort])
  const isNewestFirst = !sort?.length // only then rows keep their order, and a row that moved was pushed
  const place = Math.floor(offset / ROW_HEIGHT)
  const key = keyAt(place)
  const anchor = useRef({ asked, place, key })
  useLayoutEffect(() => {
    const before = anchor.current
    anchor.current = { asked, place, key }
    if (before.asked !== asked) {
      scroller.current?.scrollTo({ top: 0 })
      return
    }
    if (!isNewestFirst || place === 0 || before.place !== place || before.key === undefined || before.key === key) return
    const moved = [1, -1, 2, -2, 3, -3, 4, -4, 5, -5].find(step => keyAt(place + step) === before.key)
    if (moved) scroller.current?.scrollBy({ top: moved * ROW_HEIGHT, behavior: 'instant' })
  })
}
