import { expect, test } from 'vitest'
import type { ExperimentRow } from '@/api/types'
import { metric, type TableColumn } from '@/features/experiments/columns'
import { askFor, barFill, measureColumns, readSketch, readValue } from '@/features/experiments/measure'
import { placesBetween } from '@/features/experiments/selection'
import { decodeStates, readTableView } from '@/features/experiments/view'

const lr: TableColumn = { kind: 'parameter', name: 'lr', context: '', value: 'last' }
const loss = metric('loss', '')
const sketch = metric('loss', '', 'sketch')
const columns = [sketch, lr, loss]
const search = { workspace: 'w', project: 'p', text: '', is_archived: false, ...askFor(columns) }
const answered = (values: ExperimentRow['values']) => ({ row: { values, sketches: [[1, null, 2]] } as unknown as ExperimentRow, search })

test('values and sketches are found by their column', () => {
  const row = answered([0.1, 'NaN'])
  expect([readValue(row, lr), readValue(row, loss), readSketch(row, sketch)]).toEqual([0.1, 'NaN', [1, null, 2]])
  expect(readValue(row, metric('loss', '', 'min'))).toBeUndefined()
})

test('extremes leave out what is not finite, and a text makes a parameter no number', () => {
  const [, ofLr, ofLoss] = measureColumns(columns, [answered([0.1, 'NaN']), answered([0.2, 5]), answered([null, 'Infinity']), answered([0.3, -1])])
  expect(ofLr).toEqual({ low: 0.1, high: 0.3, isNumeric: true })
  expect(ofLoss).toEqual({ low: -1, high: 5, isNumeric: true })
  expect(measureColumns([lr], [answered([0.1, 0]), answered(['auto', 0])])[0]?.isNumeric).toBe(false)
  expect(measureColumns([lr], [answered([null, 0])])[0]?.isNumeric).toBe(false)
})

test('bars', () => {
  const measure = { low: 1, high: 3, isNumeric: true }
  expect([barFill(1, measure), barFill(2, measure), barFill(Number.NaN, measure), barFill(1, { ...measure, high: 1 })]).toEqual([0, 0.5, null, null])
})

test('a range of places in either direction', () => {
  expect([placesBetween(2, 5), placesBetween(5, 2), placesBetween(3, 3)]).toEqual([[2, 3, 4, 5], [2, 3, 4, 5], [3]])
})

test('the URL is read, and what is not understood dropped', () => {
  expect(readTableView({ q: 'x', states: 'failed,nonsense,running', archived: 'true', columns: 'f.state', sort: '-f.name', other: '1' })).toEqual({ q: 'x', states: 'running,failed', archived: true, columns: 'f.state', sort: '-f.name' })
  expect(readTableView({ q: '', states: 'x', archived: 'no' })).toEqual({})
  expect(decodeStates(undefined)).toEqual([])
})
