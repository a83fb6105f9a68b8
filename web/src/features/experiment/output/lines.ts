import { useQueries, useQuery } from '@tanstack/react-query'
import { outputQuery, type Stream } from '@/api/output'
import type { OutputLine } from '@/api/types'
import { pagesOf, PAGE_LINES } from '@/features/experiment/output/scroll'
import { judgeLines, type Severity } from '@/features/experiment/output/severity'

/** A line, as far as it is here. */
export interface LogLine extends OutputLine {
  severity: Severity
}

export interface LogLines {
  /** Undefined until known. */
  total: number | undefined
  /** The line at a place, or undefined while it is on its way. */
  line: (place: number) => LogLine | undefined
  error: Error | null
  retry: () => void
}

const judged = new WeakMap<readonly OutputLine[], LogLine[]>()

function judge(lines: readonly OutputLine[]): LogLine[] {
  let known = judged.get(lines)
  if (!known) {
    const severities = judgeLines(lines.map(line => line.text))
    known = lines.map((line, place) => ({ ...line, severity: severities[place]! }))
    judged.set(lines, known)
  }
  return known
}

/** How many lines there are: asked for on its own, so that it is known wherever one stands. */
export function useLineCount(key: string, stream: Stream) {
  return useQuery({ ...outputQuery(key, stream, -1, 1), select: page => page.total })
}

/** Lines `first` to `end` of a log; fetches the pages that hold them. */
export function useLogLines(
  key: string,
  stream: Stream,
  first: number,
  end: number,
): Omit<LogLines, 'total'> & { tail: number | undefined } {
  const numbers = pagesOf(first, end)
  const pages = useQueries({ queries: numbers.map(page => outputQuery(key, stream, page * PAGE_LINES, PAGE_LINES)) })
  // A page that holds its own end knows the total best: what it says of the total and its lines are of one moment.
  const tail = pages.findLast(({ data }) => data && data.first + data.lines.length === data.total)?.data?.total
  return {
    tail,
    line: place => {
      const data = pages[numbers.indexOf(Math.floor(place / PAGE_LINES))]?.data
      return data && judge(data.lines)[place % PAGE_LINES]
    },
    error: pages.find(page => page.error)?.error ?? null,
    retry: () => pages.forEach(page => page.error && void page.refetch()),
  }
}
