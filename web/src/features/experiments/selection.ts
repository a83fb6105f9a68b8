import { useMemo, useRef, useState } from 'react'
import { fetchFirstRows, type Search } from '@/api/experiments'
import type { Experiment } from '@/api/types'
import { formatCount } from '@/lib/format'
import { notify } from '@/ui/Toast'
import { describeError } from '@/api/errors'

/** As many as one request of the API gives. */
const ALL_LIMIT = 1_000

/** The experiments that are ticked, by key, as they were when they were. */
export interface Selection {
  size: number
  has: (key: string) => boolean
  list: readonly Experiment[]
  /** Ticks or unticks one; with `until` (shift), all from the last one touched to it. */
  toggle: (experiment: Experiment, until: number | null, place: number, at: (place: number) => Experiment | undefined) => void
  /** Ticks all that match a search, a thousand at most. */
  all: (search: Search) => void
  clear: () => void
}

/** The places from one to the other, both included, whichever is first. */
export function placesBetween(one: number, other: number): number[] {
  const low = Math.min(one, other)
  return Array.from({ length: Math.abs(one - other) + 1 }, (_, step) => low + step)
}

/** What is ticked in a table; forgotten with the page. */
export function useSelection(): Selection {
  const [chosen, setChosen] = useState<ReadonlyMap<string, Experiment>>(new Map())
  const lastPlace = useRef(-1)
  return useMemo(
    () => ({
      size: chosen.size,
      has: key => chosen.has(key),
      list: [...chosen.values()],
      toggle: (experiment, until, place, at) => {
        const places = until !== null && lastPlace.current >= 0 ? placesBetween(lastPlace.current, until) : []
        lastPlace.current = place
        setChosen(before => {
          const next = new Map(before)
          const isAdded = places.length > 0 || !before.has(experiment.key)
          for (const each of [experiment, ...places.flatMap(each => at(each) ?? [])]) {
            if (isAdded) next.set(each.key, each)
            else next.delete(each.key)
          }
          return next
        })
      },
      all: search => {
        fetchFirstRows({ ...search, columns: [], sketches: [] }, ALL_LIMIT)
          .then(({ total, rows }) => {
            setChosen(new Map(rows.map(({ experiment }) => [experiment.key, experiment])))
            if (total > rows.length)
              notify(`The first ${formatCount(rows.length)} of ${formatCount(total)} are selected`, {
                detail: 'Narrow the search to act on the others.',
              })
          })
          .catch((error: unknown) => notify('Could not select all', { detail: describeError(error).message, isError: true }))
      },
      clear: () => {
        lastPlace.current = -1
        setChosen(new Map())
      },
    }),
    [chosen],
  )
}
