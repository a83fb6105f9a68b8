import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { outputSearchQuery, type Stream } from '@/api/output'
import { nextMatch } from '@/features/experiment/output/scroll'

const PAUSE_MS = 250 // a search reads all lines, so it waits for a pause in typing
const AGAIN_MS = 5_000 // while lines are added

interface SearchOptions {
  experimentKey: string
  stream: Stream
  text: string
  isLive: boolean
  goTo: (line: number) => void
}

export interface LogSearch {
  /** The text that the places are of. */
  query: string
  /** Null until known. */
  total: number | null
  /** Which match it stands at, from 0; -1 for none. */
  at: number
  /** Place of that match; -1 for none. */
  current: number
  isPending: boolean
  error: Error | null
  /** Goes to the match after (or before) the one it stands at, else after the line given. */
  step: (isBackwards: boolean, fromLine: number) => void
}

/** Finds a text in all lines of a log, by the server, and goes from match to match. */
export function useLogSearch({ experimentKey, stream, text, isLive, goTo }: SearchOptions): LogSearch {
  const query = usePaused(text)
  const found = useQuery({
    ...outputSearchQuery(experimentKey, stream, query),
    placeholderData: keepPreviousData,
    refetchInterval: isLive && query ? AGAIN_MS : false,
  })
  const places = query && found.data ? found.data.places : []
  const [stood, setStood] = useState({ query: '', line: -1 })
  const current = stood.query === query && stood.line >= 0 ? stood.line : -1
  const isKnown = query !== '' && query === text && found.data !== undefined && !found.isPlaceholderData
  const go = (isBackwards: boolean, fromLine: number) => {
    const line = places[nextMatch(places, current >= 0 ? current : isBackwards ? fromLine : fromLine - 1, isBackwards)]
    if (line === undefined) return
    setStood({ query, line })
    goTo(line)
  }
  // Enter comes before the answer: it is done once that is here.
  const [wish, setWish] = useState<{ text: string; isBackwards: boolean; fromLine: number } | null>(null)
  if (wish && isKnown) {
    setWish(null)
    if (wish.text === text) go(wish.isBackwards, wish.fromLine)
  }
  return {
    query,
    total: query && found.data && !found.isPlaceholderData ? found.data.total : null,
    at: current < 0 ? -1 : places.indexOf(current),
    current,
    isPending: query !== '' && found.isFetching && (!found.data || found.isPlaceholderData),
    error: query ? found.error : null,
    step: (isBackwards, fromLine) => (isKnown ? go(isBackwards, fromLine) : setWish({ text, isBackwards, fromLine })),
  }
}

function usePaused(text: string): string {
  const [paused, setPaused] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), text ? PAUSE_MS : 0)
    return () => clearTimeout(timer)
  }, [text])
  return text === '' ? '' : paused
}
