import { expect, test } from 'vitest'
import type { Asset } from '@/api/types'
import { findAsset, groupAssets, lookOf, prettyJson, readTable, titleOf } from '@/features/experiment/assets/group'

const make = (id: string, kind: string, name: string, step: number | null = null, media_type = ''): Asset => ({
  id,
  kind,
  name,
  step,
  media_type,
  epoch: null,
  context: '',
  metadata: {},
  size_bytes: 10,
  digest: 'd',
  link: '',
  logged_at: 1,
})

const ASSETS = [
  make('1', 'file', 'a.bin'),
  make('2', 'image', 'cat', 1),
  make('3', 'image', 'cat', 2),
  make('4', 'image', 'dog', 1),
  make('5', 'my-kind', 'x'),
]

test('assets of one kind and name are one thing with steps', () => {
  const sections = groupAssets(ASSETS)
  expect(sections.map(section => section.kind)).toEqual(['image', 'file', 'my-kind'])
  expect(sections[0]?.groups.map(group => [group.name, group.assets.map(asset => asset.step), group.sizeBytes])).toEqual([
    ['cat', [1, 2], 20],
    ['dog', [1], 10],
  ])
  expect(sections[0]?.sizeBytes).toBe(30)
})

test('an asset is found with its place; else the last of the first is shown', () => {
  const sections = groupAssets(ASSETS)
  expect(findAsset(sections, '4')).toMatchObject({ group: { name: 'dog' }, place: 0 })
  expect(findAsset(sections, 'gone')).toMatchObject({ group: { name: 'cat' }, place: 1 })
  expect(findAsset([], '1')).toBeNull()
})

test.each([
  ['image/png', 'image', 'image'],
  ['image/svg+xml', 'file', 'image'],
  ['image/tiff', 'image', 'none'],
  ['text/html', 'html', 'html'],
  ['text/csv', 'file', 'table'],
  ['text/markdown', 'file', 'text'],
  ['application/json', 'file', 'json'],
  ['application/vnd.plotly.v1+json', 'plotly', 'json'],
  ['application/yaml', 'file', 'text'],
  ['application/json', 'curve', 'curve'],
  ['application/json', 'confusion-matrix', 'confusion-matrix'],
  ['application/json', 'histogram', 'histogram'],
  ['', 'text', 'text'],
  ['', 'file', 'none'],
  ['application/octet-stream', 'model', 'none'],
  ['audio/mpeg', 'audio', 'audio'],
  ['video/mp4', 'video', 'video'],
])('%s of kind %s is shown as %s', (type, kind, look) => {
  expect(lookOf(make('1', kind, 'a', null, type))).toBe(look)
})

test('kinds have headings', () => {
  expect(titleOf('image')).toBe('Images')
  expect(titleOf('git-patch')).toBe('Git patch')
})

test('JSON is written with indents where it is whole', () => {
  expect(prettyJson('{"a":1}')).toBe('{\n  "a": 1\n}')
  expect(prettyJson('{"a":')).toBe('{"a":')
})

test.each([
  ['a,b\n1,2\n', [['a', 'b'], ['1', '2']]],
  ['a,b\r\n1,', [['a', 'b'], ['1', '']]],
  ['"a, ""b""","c\nd"\n', [['a, "b"', 'c\nd']]],
  ['a\tb,c\n', [['a', 'b,c']]],
  ['', []],
  ['x', [['x']]],
])('the rows of %j are read', (text, rows) => {
  expect(readTable(text, 10)).toEqual(rows)
})

test('no more rows are read than can be shown', () => {
  expect(readTable('1\n2\n3\n', 2)).toEqual([['1'], ['2']])
})
