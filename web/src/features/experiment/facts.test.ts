import { expect, test } from 'vitest'
import type { MetricSummary } from '@/api/types'
import { endOf, matchesText, orderByName, orderMetrics, splitName, toJson } from '@/features/experiment/facts'

test('a lost experiment ended when it was last heard', () => {
  expect(endOf({ state: 'running', ended_at: null, heard_at: 5 })).toBeNull()
  expect(endOf({ state: 'lost', ended_at: null, heard_at: 5 })).toBe(5)
  expect(endOf({ state: 'failed', ended_at: 7, heard_at: 5 })).toBe(7)
})

test('all words must stand in one of the texts', () => {
  expect([matchesText('Loss tr', 'loss', 'train'), matchesText('loss x', 'loss'), matchesText('', 'a')]).toEqual([true, false, true])
})

test('nested names', () => {
  expect([splitName('lr'), splitName('model|block|depth')]).toEqual([{ path: '', last: 'lr' }, { path: 'model.block.', last: 'depth' }])
})

test('the machine comes last', () => {
  expect(orderMetrics([{ name: 'sys.cpu' }, { name: 'loss' }, { name: 'acc' }] as MetricSummary[]).map(metric => metric.name)).toEqual(['acc', 'loss', 'sys.cpu'])
})

test('names in the order in which people count', () => {
  expect(orderByName(['layer_10', 'layer_2', 'a'].map(name => ({ name }))).map(each => each.name)).toEqual(['a', 'layer_2', 'layer_10'])
})

test('pairs as JSON', () => {
  expect(JSON.parse(toJson([{ name: 'lr', value: 0.1 }, { name: 'none', value: null }]))).toEqual({ lr: 0.1, none: null })
})
