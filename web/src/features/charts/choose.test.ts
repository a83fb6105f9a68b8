import { expect, test } from 'vitest'
import { toggleRun } from '@/features/charts/choose'

test('a click adds or takes away; back at the newest there is no choice to keep in the URL', () => {
  expect(toggleRun(['a', 'b'], 'b', ['a', 'b'])).toEqual(['a'])
  expect(toggleRun(['a'], 'c', ['a', 'b'])).toEqual(['a', 'c'])
  expect(toggleRun(['b'], 'a', ['a', 'b'])).toBeUndefined()
  expect(toggleRun(['a'], 'a', ['a', 'b'])).toEqual([])
})
