import { expect, test } from 'vitest'
import { layersOf, lonePlaces, packData, type ChartSeries } from '@/charts/series'

const series = (values: Partial<ChartSeries>): ChartSeries => ({ id: 'a', label: 'a', color: '--s0', dash: [], y: [], ...values })
const linear = { isLogX: false, isLogY: false }

test('bands lie behind raw lines, raw lines behind lines', () => {
  const all = [series({ raw: [1], low: [0], high: [2] }), series({ raw: [1] })]
  expect(layersOf(all, true).map(layer => `${layer.role}${layer.series}`)).toEqual(['low0', 'high0', 'raw0', 'raw1', 'main0', 'main1'])
  expect(layersOf(all, false).map(layer => layer.role)).toEqual(['raw', 'raw', 'main', 'main'])
})

test('a line goes on over empty buckets and breaks where values are NaN', () => {
  const line = series({ y: [1, null, 3, null, 5], odd: [0, 0, 0, 2, 0] })
  expect(packData([0, 1, 2, 3, 4], [line], layersOf([line], false), linear)).toEqual([[0, 1, 2, 3, 4], [1, undefined, 3, null, 5]])
})

test('log axes leave out what they cannot show', () => {
  const line = series({ y: [1, 0, -2, 4] })
  expect(packData([0, 1, 2, 3], [line], layersOf([line], false), { isLogX: true, isLogY: true })).toEqual([[1, 2, 3], [undefined, undefined, 4]])
  expect(packData([-1, 0], [series({ y: [1, 1] })], layersOf([line], false), { isLogX: true, isLogY: false })).toEqual([[], []])
})

test('a value without neighbours gets a dot', () => {
  expect(lonePlaces([5])).toEqual([0])
  expect(lonePlaces([1, undefined, 2])).toEqual([])
  expect(lonePlaces([1, null, 2, 3, null, undefined, 4, undefined])).toEqual([0, 6])
  expect(lonePlaces([undefined])).toEqual([])
})

test('a band breaks where its line does', () => {
  const line = series({ y: [1, null, 3], low: [0, null, 2], high: [2, null, 4], odd: [0, 1, 0] })
  const [, low, high, main] = packData([0, 1, 2], [line], layersOf([line], true), linear)
  expect([low?.[1], high?.[1], main?.[1]]).toEqual([null, null, null])
})
