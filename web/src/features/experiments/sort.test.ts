import { expect, test } from 'vitest'
import { field, metric } from '@/features/experiments/columns'
import { cycleSort, decodeSort, encodeSort, findSort, type ColumnSort } from '@/features/experiments/sort'

const loss = metric('loss', 'train')
const name = field('name')

test('sorts in the URL', () => {
  const sorts: ColumnSort[] = [{ column: loss, isDescending: true }, { column: name, isDescending: false }]
  expect(encodeSort(sorts)).toBe('-m.loss@train,f.name')
  expect(decodeSort('-m.loss@train,f.name')).toEqual(sorts)
  expect(decodeSort('')).toEqual([])
  expect(decodeSort('nonsense,-sketch.loss,f.state')).toEqual([{ column: field('state'), isDescending: false }])
  expect(decodeSort(Array.from({ length: 12 }, (_, n) => `p.${n}`).join(','))).toHaveLength(8)
})

test('a click goes from ascending to descending to none', () => {
  const one = cycleSort([], loss, false)
  const two = cycleSort(one, loss, false)
  expect([one[0]?.isDescending, two[0]?.isDescending, cycleSort(two, loss, false)]).toEqual([false, true, []])
})

test('dates begin with the newest', () => {
  const one = cycleSort([], field('started_at'), false)
  const two = cycleSort(one, field('started_at'), false)
  expect([one[0]?.isDescending, two[0]?.isDescending, cycleSort(two, field('started_at'), false)]).toEqual([true, false, []])
})

test('a click on another column replaces, with shift it adds', () => {
  const one = cycleSort([], loss, false)
  expect(cycleSort(one, name, false).map(sort => sort.column)).toEqual([name])
  const both = cycleSort(one, name, true)
  expect(both.map(sort => sort.column)).toEqual([loss, name])
  expect(findSort(both, name)).toEqual({ rank: 2, isDescending: false })
  expect(encodeSort(cycleSort(both, loss, true))).toBe('-m.loss@train,f.name')
  expect(encodeSort(cycleSort(cycleSort(both, loss, true), loss, true))).toBe('f.name')
})
