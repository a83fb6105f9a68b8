import { useState } from 'react'
import type { Search } from '@/api/experiments'
import type { TableColumn } from '@/features/experiments/columns'
import { measureColumns, type AnsweredRow, type Measure } from '@/features/experiments/measure'

/** Measures that only widen while the search stays, so that bars keep still while one scrolls. */
export function useMeasures(search: Search, columns: readonly TableColumn[], rows: readonly AnsweredRow[]): readonly Measure[] {
  const now = measureColumns(columns, rows)
  const [kept, keep] = useState({ search, measures: now })
  const isSame = kept.search === search && kept.measures.length === now.length
  const next = now.map((measure, place) => {
    const before = isSame ? kept.measures[place] : undefined
    return before
      ? { low: Math.min(before.low, measure.low), high: Math.max(before.high, measure.high), isNumeric: measure.isNumeric }
      : measure
  })
  const hasChanged = !isSame || next.some((measure, place) => JSON.stringify(measure) !== JSON.stringify(kept.measures[place]))
  if (hasChanged) keep({ search, measures: next })
  return hasChanged ? next : kept.measures
}
