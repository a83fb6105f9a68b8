import { describe, expect, test } from 'vitest'
import { chooseColumns, columnTitle, columnWidth, decodeColumn, decodeColumns, encodeColumn, encodeColumns, field, findVarying, metric, type TableColumn } from '@/features/experiments/columns'

const parameter = (name: string): TableColumn => ({ kind: 'parameter', name, context: '', value: 'last' })

describe('columns in the URL', () => {
  test.each<[TableColumn, string]>([
    [field('state'), 'f.state'],
    [parameter('model|depth'), 'p.model|depth'],
    [{ ...parameter('commit'), kind: 'other' }, 'o.commit'],
    [metric('loss', ''), 'm.loss'],
    [metric('loss', 'train', 'min'), 'min.loss@train'],
    [metric('a.b', 'x', 'sketch'), 'sketch.a.b@x'],
    [metric('mail@host,1', 'a\\b'), 'm.mail\\@host\\,1@a\\\\b'],
    [parameter('a@b'), 'p.a\\@b'],
  ])('%o is %s', (column, text) => {
    expect(encodeColumn(column)).toBe(text)
    expect(decodeColumn(text)).toEqual(column)
  })

  test('any list of names comes back', () => {
    const columns = ['a,b', 'c@d', 'e\\', '.', '-x', 'ß 1'].flatMap(name => [parameter(name), metric(name, name, 'max')])
    expect(decodeColumns(encodeColumns(columns))).toEqual(columns)
  })

  test('what is no column is dropped, and so is a second one of a kind', () => {
    expect(decodeColumns('f.nonsense,x.y,,.,p.,p.lr,p.lr,m.loss@a@b,f.name,f.state').map(encodeColumn)).toEqual(['p.lr', 'f.state'])
  })
})

test('titles and widths', () => {
  expect(columnTitle(metric('loss', 'train', 'min'))).toEqual({ title: 'loss', note: 'train · min' })
  expect(columnTitle(parameter('model|depth')).title).toBe('model.depth')
  expect(columnTitle(field('started_at')).title).toBe('Started')
  expect(columnWidth(parameter('x'.repeat(400)))).toBe(200)
})

describe('default columns', () => {
  const names = ['epoch', 'gpu.0.memory', 'zebra', 'eval/accuracy', 'train/loss', 'lr']

  test('state, a sketch, metrics, what differs, then when', () => {
    const available = [...names.map(name => metric(name, '') as never), parameter('seed') as never, parameter('lr') as never]
    const chosen = chooseColumns(available, ['lr']).map(encodeColumn)
    expect(chosen).toEqual(['f.state', 'sketch.train/loss', 'm.train/loss', 'm.eval/accuracy', 'm.zebra', 'm.epoch', 'p.lr', 'f.duration', 'f.started_at', 'f.tags'])
    expect(chooseColumns(available, []).map(encodeColumn)).toContain('p.seed')
    expect(chooseColumns([], []).map(encodeColumn)).toEqual(['f.state', 'f.duration', 'f.started_at', 'f.tags'])
  })

  test('a parameter that some lack differs', () => {
    expect(findVarying(['a', 'b', 'c'], [{ values: [1, 'x', null] }, { values: [1, 'x', 2] }])).toEqual(['c'])
    expect(findVarying(['a'], [{ values: ['1'] }, { values: [1] }])).toEqual(['a'])
  })

  test('what all have goes before what some have, and before what is nested', () => {
    expect(findVarying(['some', 'deep|a', 'all', 'same'], [{ values: [1, 1, 1, 0] }, { values: [null, 2, 2, 0] }])).toEqual(['all', 'deep|a', 'some'])
  })
})
