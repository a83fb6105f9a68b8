import { expect, test } from 'vitest'
import { addNews } from '@/api/news'
import type { Chart, ChartLine } from '@/api/types'

const line = (experiment: string, mean: (number | null)[], rest: Partial<ChartLine> = {}): ChartLine => ({
  experiment,
  metric: { name: 'loss', context: '' },
  count: mean.map(value => (value === null ? 0 : 1)),
  mean,
  min: null,
  max: null,
  odd: null,
  ...rest,
})
const chart: Chart = { x: [0, 10, 20], width: 10, cursor: 'a', begin: null, lines: [line('k1', [1, 2, 3]), line('k2', [4, 5, null])] }

test('a whole chart takes the place of the one that was there', () => {
  const whole = { ...chart, cursor: 'b' }
  expect(addNews(chart, whole)).toBe(whole)
})

test('nothing new is the very same chart', () => expect(addNews(chart, { ...chart, x: [], lines: [], begin: 3 })).toBe(chart))

test('buckets from the beginning of what is new are replaced, and others stay', () => {
  const news: Chart = { x: [20, 30], width: 10, cursor: 'b', begin: 2, lines: [line('k1', [3.5, 6], { min: [3, 6], max: [4, 6], odd: [1, 0] })] }
  const now = addNews(chart, news)
  expect(now).toMatchObject({ x: [0, 10, 20, 30], cursor: 'b', begin: null })
  expect(now.lines[0]).toMatchObject({ count: [1, 1, 1, 1], mean: [1, 2, 3.5, 6], min: [1, 2, 3, 6], max: [1, 2, 4, 6], odd: [0, 0, 1, 0] })
  expect(now.lines[1]).toMatchObject({ experiment: 'k2', count: [1, 1, 0, 0], mean: [4, 5, null, null], min: null, odd: null })
})
