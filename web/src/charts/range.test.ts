import { expect, test } from 'vitest'
import { fitRange, lowerBound, placesInside } from '@/charts/range'

const all = { isLog: false, ignoresOutliers: false, first: 0, last: 99 }

test('fits every column with air, and does not go below zero without need', () => {
  expect(fitRange([[0.1, null, 1], [undefined, 0.5]], { ...all, last: 2 })).toEqual([expect.closeTo(0.046), expect.closeTo(1.054)])
  expect(fitRange([[0, 1]], { ...all, last: 1 })[0]).toBe(0)
  expect(fitRange([[-1, 1]], { ...all, last: 1 })[0]).toBeCloseTo(-1.12)
})

test('a constant, or nothing, still has a range', () => {
  expect(fitRange([[5, 5]], { ...all, last: 1 })).toEqual([4.5, 5.5])
  expect(fitRange([[0]], { ...all, last: 0 })).toEqual([-1, 1])
  expect(fitRange([], all)).toEqual([0, 1])
  expect(fitRange([[null, Number.NaN]], { ...all, last: 1 })).toEqual([0, 1])
})

test('on a log axis only what is positive counts', () => {
  const [low, high] = fitRange([[0, -3, 0.01, 100]], { ...all, isLog: true, last: 3 })
  expect(low).toBeGreaterThan(0.005)
  expect(high).toBeLessThan(200)
  expect(fitRange([[0]], { ...all, isLog: true, last: 0 })).toEqual([0.1, 10])
})

test('outliers can run out of the picture', () => {
  const values = Array.from({ length: 100 }, (_, i) => (i === 50 ? 1e6 : i / 100))
  expect(fitRange([values], all)[1]).toBeGreaterThan(1e6)
  expect(fitRange([values], { ...all, ignoresOutliers: true })[1]).toBeLessThan(1.1)
})

test('places inside a zoom reach one beyond each edge', () => {
  const x = [0, 10, 20, 30, 40]
  expect(placesInside(x, 15, 25)).toEqual([1, 3])
  expect(placesInside(x, -5, 100)).toEqual([0, 4])
  expect([lowerBound(x, 20), lowerBound(x, 21), lowerBound([], 1)]).toEqual([2, 3, 0])
})

test('what smoothing leaves of a constant is flat', () => {
  const [low, high] = fitRange([[3.14, 3.14 + 4e-16, 3.14 - 9e-16]], { ...all, last: 2 })
  expect(high - low).toBeCloseTo(0.628)
})
