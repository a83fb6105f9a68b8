import { describe, expect, test } from 'vitest'
import { linearTicks, logDurationTicks, logTicks, niceStep, tickLabels } from '@/charts/ticks'

test('steps are 1, 2, 2.5 or 5 times a power of ten', () => {
  expect([niceStep(0, 60_000, 4), niceStep(0, 1, 6), niceStep(0, 0.7, 3), niceStep(0, 10, 6), niceStep(0, 9, 4), niceStep(10_881, 29_941, 3)]).toEqual([20_000, 0.2, 0.25, 2, 2.5, 5000])
})

describe('linear', () => {
  test.each([
    [0, 60_000, 4, [0, 20_000, 40_000, 60_000]],
    [0, 0.84, 5, [0, 0.2, 0.4, 0.6, 0.8]],
    [-1.1, 1, 5, [-1, -0.5, 0, 0.5, 1]],
    [3, 3, 5, [3]],
  ])('%s to %s', (low, high, most, ticks) => expect(linearTicks(low, high, most)).toEqual(ticks))
  test('labels are as short as the step allows', () => {
    expect(tickLabels([0, 20_000, 40_000], 'number')).toEqual(['0', '20k', '40k'])
    expect(tickLabels([5000, 10_000, 15_000], 'number')).toEqual(['5k', '10k', '15k'])
    expect(tickLabels([0, 0.25, 0.5], 'number')).toEqual(['0', '0.25', '0.5'])
    expect(tickLabels([0, 5e-4, 1e-3], 'number')).toEqual(['0', '0.0005', '0.001'])
    expect(tickLabels([0, 1e-4, 2e-4], 'number')).toEqual(['0', '1e−4', '2e−4'])
  })
  test('never more than asked for', () => {
    for (const span of [1, 3, 7, 11, 99, 12345, 0.013]) for (const most of [2, 3, 5, 8]) expect(linearTicks(0, span, most).length).toBeLessThanOrEqual(most)
  })
})

describe('log', () => {
  test('powers of ten over many decades, with 2 and 5 over few', () => {
    expect(logTicks(1e-6, 1e2, 4)).toEqual([1e-6, 1e-4, 1e-2, 1, 100])
    expect(logTicks(1, 20, 6)).toEqual([1, 2, 5, 10, 20])
  })
  test('plain steps within less than a decade', () => expect(logTicks(2, 4, 5)).toEqual([2, 2.5, 3, 3.5, 4]))
  test('labels suit each tick', () => expect(tickLabels([1e-4, 1e-2, 1, 100, 10_000], 'number')).toEqual(['1e−4', '0.01', '1', '100', '10k']))
})

describe('time', () => {
  test('durations stand on seconds, minutes and hours', () => {
    expect(tickLabels(linearTicks(0, 90_000, 4, 'duration'), 'duration')).toEqual(['0', '30s', '1m', '1m 30s'])
    expect(tickLabels(linearTicks(0, 9 * 3_600_000, 4, 'duration'), 'duration')).toEqual(['0', '3h', '6h', '9h'])
    expect(tickLabels(linearTicks(0, 1500, 4, 'duration'), 'duration')).toEqual(['0', '500ms', '1s', '1.5s'])
  })
  test('durations on a log axis have short names', () => {
    expect(tickLabels(logDurationTicks(7_000, 7_200_000, 4), 'duration')).toEqual(['10s', '1m', '10m', '1h'])
    expect(tickLabels(logDurationTicks(61_000, 300_000, 4), 'duration')).toEqual(['2m', '3m', '4m', '5m'])
  })
  test('moments stand on round local times and say the day where it changes', () => {
    const start = new Date(2026, 10, 20, 21, 10).getTime()
    expect(tickLabels(linearTicks(start, start + 5 * 3_600_000, 5, 'moment'), 'moment')).toEqual(['22:00', '23:00', 'Nov 21', '01:00', '02:00'])
  })
})
