import type { Chart, ChartLine } from '@/api/types'

/**
 * A chart with what is new of it, as the server sent it for the chart's cursor: what stood before bucket `begin` stays,
 * lines that came take the place of what was there from it on, other lines only grow by empty buckets. Pure.
 */
export function addNews(chart: Chart, news: Chart): Chart {
  const { begin } = news
  if (begin === null) return news
  if (news.x.length === 0) return chart // nothing is new: the very same chart, so that nothing is drawn anew
  const x = [...chart.x.slice(0, begin), ...news.x]
  const came = new Map(news.lines.map(line => [keyOf(line), line]))
  const lines = chart.lines.map(line => {
    const fresh = came.get(keyOf(line))
    return fresh ? continueLine(line, fresh, begin) : padLine(line, x.length)
  })
  return { ...news, begin: null, x, lines }
}

const keyOf = ({ experiment, metric }: ChartLine) => JSON.stringify([experiment, metric.context, metric.name])

function continueLine(line: ChartLine, fresh: ChartLine, begin: number): ChartLine {
  const join = <Value>(before: readonly Value[], after: readonly Value[]) => [...before.slice(0, begin), ...after]
  // Extremes that equal the means, and counts that are all 0, are left out by the server.
  const hasExtremes = line.min !== null || fresh.min !== null
  const hasOdd = line.odd !== null || fresh.odd !== null
  return {
    ...fresh,
    count: join(line.count, fresh.count),
    mean: join(line.mean, fresh.mean),
    min: hasExtremes ? join(line.min ?? line.mean, fresh.min ?? fresh.mean) : null,
    max: hasExtremes ? join(line.max ?? line.mean, fresh.max ?? fresh.mean) : null,
    odd: hasOdd ? join(line.odd ?? line.count.map(() => 0), fresh.odd ?? fresh.count.map(() => 0)) : null,
  }
}

function padLine(line: ChartLine, length: number): ChartLine {
  const pad = <Value>(values: readonly Value[], nothing: Value) => [...values, ...Array<Value>(length - values.length).fill(nothing)]
  return {
    ...line,
    count: pad(line.count, 0),
    mean: pad(line.mean, null),
    min: line.min && pad(line.min, null),
    max: line.max && pad(line.max, null),
    odd: line.odd && pad(line.odd, 0),
  }
}
