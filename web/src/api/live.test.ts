import { expect, test } from 'vitest'
import { isAffected } from '@/api/live'
import type { Change } from '@/api/types'

const change = (...parts: Change['parts']): Change => ({ workspace: 'w', project: 'p', experiment: 'e1', parts })
const chart = (...experiments: string[]) => ['chart', { experiments, metrics: [], x: 'step', buckets: 1 }]

test('new points touch charts of that experiment, its page and the tables of its project', () => {
  const points = change('metrics')
  expect(isAffected(chart('e0', 'e1'), points)).toBe(true)
  expect(isAffected(chart('e0'), points)).toBe(false)
  expect(isAffected(['experiment', 'e1'], points)).toBe(true)
  expect(isAffected(['experiments', 'w', 'p', {}, 0], points)).toBe(true)
  expect(isAffected(['experiments', 'w', 'other', {}, 0], points)).toBe(false)
  expect(isAffected(['output', 'e1', 0, 0, 100], points)).toBe(false)
  expect(isAffected(['projects'], points)).toBe(false)
})

test('output touches the log and the count on the page, nothing else', () => {
  const output = change('output')
  expect(isAffected(['output', 'e1', 0, 0, 100], output)).toBe(true)
  expect(isAffected(['output', 'e2', 0, 0, 100], output)).toBe(false)
  expect(isAffected(['experiments', 'w', 'p', {}, 0], output)).toBe(false)
  expect(isAffected(chart('e1'), output)).toBe(false)
})

test('birth, death and state change the counts', () => {
  for (const part of ['created', 'deleted', 'state'] as const) {
    expect(isAffected(['projects'], change(part))).toBe(true)
    expect(isAffected(['project', 'w', 'p'], change(part))).toBe(true)
    expect(isAffected(['project', 'w', 'q'], change(part))).toBe(false)
  }
  expect(isAffected(['status'], change('created'))).toBe(false)
})
