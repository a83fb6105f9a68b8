import { expect, test } from 'vitest'
import { readConfusion, shade } from '@/features/experiment/assets/confusion'

const LOGGED = JSON.stringify({
  title: 'Epoch 3',
  labels: ['cat', 'dog'],
  rowLabel: 'Actual',
  columnLabel: 'Predicted',
  matrix: [
    [3, 1],
    [0, 4],
  ],
  sampleMatrix: [
    [[1, 'text'], [{ index: 7, assetId: 'a'.repeat(32) }]],
    [null, ['https://example.org/4', 'javascript:alert(1)']],
  ],
})

test('a matrix is read with its examples', () => {
  const read = readConfusion(LOGGED)
  expect(read).toMatchObject({ title: 'Epoch 3', labels: ['cat', 'dog'], total: 8, right: 7 })
  expect(read?.examples).toEqual([
    [[{ text: '1' }, { text: 'text' }], [{ text: '7', asset: 'a'.repeat(32) }]],
    [[], [{ text: 'https://example.org/4', link: 'https://example.org/4' }, { text: 'javascript:alert(1)' }]],
  ])
})

test.each(['', '{}', '{"matrix":[]}', '[]', '{"matrix":5}'])('%j is no matrix', text => {
  expect(readConfusion(text)).toBeNull()
})

test('what is missing is counted as nothing', () => {
  expect(readConfusion('{"matrix":[[1],[2,3]]}')).toMatchObject({ counts: [[1, 0], [2, 3]], labels: ['0', '1'] })
})

test('a cell is as dark as its share', () => {
  const counts = [
    [3, 1],
    [0, 0],
  ]
  expect([shade(counts, 0, 0, true), shade(counts, 0, 1, false), shade(counts, 1, 0, true)]).toEqual([0.75, 1 / 3, 0])
})
