import { describe, expect, test } from 'vitest'
import { smooth } from '@/charts/smooth'

const even = [0, 1, 2, 3, 4, 5]

/** TensorBoard's own loop, word for word in spirit: https://github.com/tensorflow/tensorboard (line-chart.ts). */
function tensorboard(values: number[], weight: number): number[] {
  let last = 0
  return values.map((value, i) => {
    last = last * weight + (1 - weight) * value
    return last / (1 - weight ** (i + 1))
  })
}

describe('ema', () => {
  test('is what TensorBoard draws on an even axis', () => {
    const values = [5, 3, 4, 1, 2, 0]
    const expected = tensorboard(values, 0.7)
    smooth(even, values, 0.7, 'ema').forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12))
  })
  test('begins at the first value: no bias to zero', () => expect(smooth(even, [9, 9, 9, 9, 9, 9], 0.99, 'ema')).toEqual([9, 9, 9, 9, 9, 9].map(v => expect.closeTo(v))))
  test('forgets over a gap as if the missing points had been there', () => {
    const near = smooth([0, 1, 2, 3], [0, 0, 0, 1], 0.9, 'ema')[3]!
    const far = smooth([0, 1, 2, 30], [0, 0, 0, 1], 0.9, 'ema')[3]!
    expect(near).toBeLessThan(0.35)
    expect(far).toBeGreaterThan(0.6)
  })
  test('the unit of x does not matter', () => {
    const values = [1, 5, 2, 8, 3, 1]
    expect(smooth(even.map(v => v * 7200), values, 0.5, 'ema')).toEqual(smooth(even, values, 0.5, 'ema').map(v => expect.closeTo(v!)))
  })
})

describe('gaussian', () => {
  test('keeps a straight line, its ends too', () => {
    const x = Array.from({ length: 41 }, (_, i) => i)
    smooth(x, x, 0.9, 'gaussian').forEach((value, i) => expect(value).toBeCloseTo(i, 9))
  })
  test('evens out as much noise as the average of that weight', () => {
    const x = Array.from({ length: 4000 }, (_, i) => i)
    let seed = 1
    const noise = x.map(() => (seed = (seed * 16807) % 2147483647) / 2147483647 - 0.5)
    const power = (values: (number | null)[]) => values.slice(1000, 3000).reduce<number>((sum, value) => sum + value! ** 2, 0)
    const ratio = power(smooth(x, noise, 0.9, 'gaussian')) / power(smooth(x, noise, 0.9, 'ema'))
    expect(ratio).toBeGreaterThan(0.8)
    expect(ratio).toBeLessThan(1.25)
  })
  test('never leaves the values it is made of', () => {
    const x = Array.from({ length: 60 }, (_, i) => i)
    const values = x.map(i => 5 * Math.exp(-i / 4) + 0.01)
    for (const value of smooth(x, values, 0.95, 'gaussian')) expect(value).toBeGreaterThanOrEqual(Math.min(...values))
  })
  test('looks both ways: a spike spreads evenly', () => {
    const y = smooth(even.concat(6), [0, 0, 0, 1, 0, 0, 0], 0.5, 'gaussian') as number[]
    expect(y[2]).toBeCloseTo(y[4]!, 12)
    expect(y[3]).toBeGreaterThan(y[2]!)
    expect(y[3]).toBeLessThan(1)
  })
  test('does not reach over a gap', () => {
    const y = smooth([0, 1, 2, 1000, 1001, 1002], [0, 0, 0, 1, 1, 1], 0.6, 'gaussian')
    expect(y).toEqual([0, 0, 0, 1, 1, 1])
  })
})

test.each(['ema', 'gaussian'] as const)('%s: null stays null and is not counted; weight 0 is raw', kind => {
  const values = [1, null, 1, undefined, 1, Number.NaN]
  expect(smooth(even, values, 0.8, kind)).toEqual([expect.closeTo(1), null, expect.closeTo(1), null, expect.closeTo(1), null])
  expect(smooth(even, [3, 1, 2, 5, 4, 6], 0, kind)).toEqual([3, 1, 2, 5, 4, 6])
  expect(smooth([], [], 0.5, kind)).toEqual([])
  expect(smooth([4], [7], 0.5, kind)).toEqual([7])
})
