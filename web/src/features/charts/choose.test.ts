import { expect, test } from 'vitest'
import { guessValueMetric, toggleRun } from '@/features/charts/choose'

test('a click adds or takes away; back at the newest there is no choice to keep in the URL', () => {
  expect(toggleRun(['a', 'b'], 'b', ['a', 'b'])).toEqual(['a'])
  expect(toggleRun(['a'], 'c', ['a', 'b'])).toEqual(['a', 'c'])
  expect(toggleRun(['b'], 'a', ['a', 'b'])).toBeUndefined()
  expect(toggleRun(['a'], 'a', ['a', 'b'])).toEqual([])
})

test('the value beside an experiment is a held-out loss if there is one', () => {
  const metric = (name: string, context = '') => ({ name, context })
  expect(guessValueMetric([metric('acc'), metric('loss', 'train'), metric('loss', 'validate')])).toEqual(metric('loss', 'validate'))
  expect(guessValueMetric([metric('acc'), metric('train/loss')])).toEqual(metric('train/loss'))
  expect(guessValueMetric([metric('acc')])).toEqual(metric('acc'))
  expect(guessValueMetric([])).toBeUndefined()
})
