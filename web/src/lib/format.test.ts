import { describe, expect, test } from 'vitest'
import { formatAgo, formatBytes, formatDuration, formatNumber, formatTick, toNumber } from '@/lib/format'

describe('formatNumber', () => {
  test.each([
    [1.66, '1.6600'], [0.7996, '0.7996'], [33.18, '33.180'], [32621, '32,621'], [32621.55, '32,622'], [3.733e-4, '3.733e−4'], [-0.5, '−0.5000'],
    [0, '0'], [1, '1'], [-3, '−3'], ['NaN', 'NaN'], ['Infinity', '∞'], ['-Infinity', '−∞'], [null, '–'], [undefined, '–'], ['text', '–'], [1e12, '1e12'],
  ])('%s is %s', (value, text) => expect(formatNumber(value)).toBe(text))
})

test('toNumber reads odd numbers as the API writes them', () => {
  expect(toNumber('NaN')).toBeNaN()
  expect(toNumber('-Infinity')).toBe(-Infinity)
  expect(toNumber('12')).toBeNull()
})

describe('formatTick', () => {
  test.each([
    [20_000, 20_000, '20k'], [60_000, 20_000, '60k'], [1500, 500, '1500'], [2_500_000, 500_000, '2.5M'], [0.2, 0.2, '0.2'], [1, 0.25, '1'], [0.002, 0.001, '0.002'],
    [3e-4, 1e-4, '3e−4'], [1.5e-4, 5e-5, '1.5e−4'], [0, 1, '0'], [-5, 5, '−5'], [10_000, 2500, '10k'], [12_500, 2500, '12.5k'],
  ])('%s by %s is %s', (value, step, text) => expect(formatTick(value, step)).toBe(text))
})

test('durations and ages', () => {
  expect([350, 42_000, 200_000, 9_240_000, 270_000_000].map(formatDuration)).toEqual(['350 ms', '42 s', '3m 20s', '2h 34m', '3d 3h'])
  expect(formatDuration(-1)).toBe('–')
  expect([500, 12_000, 300_000, 3 * 3_600_000, 2 * 86_400_000].map(age => formatAgo(0, age))).toEqual(['now', '12 s ago', '5 min ago', '3 h ago', '2 d ago'])
})

test('sizes', () => {
  expect([0, 1023, 1024, 1536, 150 * 1024, 21_286_092, 2 ** 32].map(formatBytes)).toEqual([
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1.5 KiB',
    '150 KiB',
    '20.3 MiB',
    '4.0 GiB',
  ])
  expect(formatBytes(-1)).toBe('–')
})
