import { expect, test } from 'vitest'
import { readCurve, readHistogram } from '@/features/experiment/assets/plot'

test('a curve is cut where a number is missing', () => {
  expect(readCurve('{"x":[0,1,2,3],"y":[5,null,7,9]}')).toEqual({
    lines: [
      [[0, 5]],
      [
        [2, 7],
        [3, 9],
      ],
    ],
    bars: [],
    x: [0, 3],
    y: [5, 9],
  })
})

test('a curve of one height has room', () => {
  expect(readCurve('{"x":[0,1],"y":[2,2]}')?.y).toEqual([1.8, 2.2])
})

test.each(['', '[]', '{"x":[],"y":[]}', '{"x":[null],"y":[1]}', '{"x":1}'])('%j is no curve', text => {
  expect(readCurve(text)).toBeNull()
})

test('bins are spread over columns of one width', () => {
  // start 1, factor 2, up to 8: sides of 4 bins; 4 is the middle, from -1 to 1, then 1 to 2, 2 to 4
  const plot = readHistogram('{"start":1,"step":2,"stop":8,"offset":0,"index_values":[[4,60],[5,30],[6,60]]}')
  expect(plot?.x).toEqual([-1, 4])
  const counted = (low: number, high: number) =>
    (plot?.bars ?? []).filter(bar => bar.left >= low - 1e-9 && bar.right <= high + 1e-9).reduce((sum, bar) => sum + bar.height, 0)
  expect([counted(-1, 1), counted(1, 2), counted(2, 4)].map(Math.round)).toEqual([60, 30, 60])
  expect(plot?.bars.length).toBe(60)
  expect(plot?.bars[0]?.text).toMatch(/^3 from −1 to −0\.917$/)
})

test('a stray value does not hide the others', () => {
  const plot = readHistogram('{"start":1,"step":2,"stop":1024,"offset":0,"index_values":[[11,2000],[20,1]]}')
  expect(plot?.x).toEqual([-1, 1])
  expect(Math.round((plot?.bars ?? []).reduce((sum, bar) => sum + bar.height, 0))).toBe(2001)
})

test.each(['{}', '{"start":1,"step":2,"stop":8,"offset":0,"index_values":[]}', 'x'])('%j is no histogram', text => {
  expect(readHistogram(text)).toBeNull()
})
