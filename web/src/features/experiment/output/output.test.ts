import { describe, expect, test } from 'vitest'
import { markMatches, readLine, stripAnsi } from '@/features/experiment/output/ansi'
import { HEIGHT_LIMIT, inSight, isScaled, LINE_HEIGHT, maxPosition, nextMatch, pagesOf, positionOf, scrollHeight, toPosition, toScrollTop } from '@/features/experiment/output/scroll'
import { judgeLines } from '@/features/experiment/output/severity'
import { formatLineTime } from '@/features/experiment/output/times'
import { decodeRange, encodeRange, readOutputView } from '@/features/experiment/view'

describe('ANSI', () => {
  const looks = (text: string) => readLine(text).map(({ text, classes }) => [text, classes])

  test('colours become classes', () => {
    expect(looks('\x1b[31mERROR\x1b[0m disk')).toEqual([['ERROR', 'ansi-red-fg'], [' disk', '']])
    expect(readLine('\x1b[1mbold\x1b[0m')[0]?.style).toEqual({ fontWeight: 'bold' })
    expect(readLine('\x1b[38;5;208mx')[0]?.style).toEqual({ color: 'rgb(255,135,0)' })
  })

  test('nothing of a log is markup', () => {
    const text = '<script>alert("1")</script> & <b>x</b> \'q\' &amp;'
    expect(looks(text)).toEqual([[text, '']])
    expect(looks(`\x1b[32m${text}\x1b[0m`)).toEqual([[text, 'ansi-green-fg']])
    expect(looks('\x1b]8;;javascript:alert(1)\x07click\x1b]8;;\x07 me').map(([text]) => text).join('')).not.toContain('<')
  })

  test('a sequence cut off does not spill into the next line', () => {
    readLine('red \x1b[3')
    expect(looks('next \x1b[0mline')).toEqual([['next line', '']])
  })

  test('what is not text is taken out', () => {
    expect(stripAnsi('\x1b[2K\x1b[1;31mred\x1b[0m\x07 \x1b]0;title\x07ok\x1b[3')).toBe('red ok')
    expect(looks('bell\x07 and\x00 null')).toEqual([['bell and null', '']])
  })

  test('a match runs over colours', () => {
    const pieces = markMatches(readLine('loss \x1b[1m4.40\x1b[0m | LOSS 4'), 'Loss 4')
    expect(pieces.map(({ text, isMatch }) => [text, isMatch])).toEqual([['loss ', true], ['4', true], ['.40', false], [' | ', false], ['LOSS 4', true]])
    expect(markMatches(readLine('a&b'), 'amp').some(piece => piece.isMatch)).toBe(false)
    expect(markMatches(readLine('aaa'), '').map(piece => piece.isMatch)).toEqual([false])
  })
})

describe('severity', () => {
  test.each([
    ['INFO step 10', 'none'], ['\x1b[33mWARN\x1b[0m  dataloader stalled', 'warn'], ['[WARNING] x', 'warn'], ['/a/b.py:3: UserWarning: old', 'warn'], ['2026 ERROR nccl', 'bad'],
    ['\x1b[31mERROR\x1b[0m nccl', 'bad'], ['ValueError: no', 'bad'], ['torch.cuda.OutOfMemoryError: no', 'bad'], ['KeyboardInterrupt', 'bad'], ['mean error 0.3', 'none'], ['val_error: 0.2', 'none'], ['no errors', 'none'], ['warn_every=3', 'none'],
  ])('%s is %s', (text, severity) => expect(judgeLines([text])).toEqual([severity]))

  test('a traceback is bad down to its exception', () => {
    expect(judgeLines(['ok', 'Traceback (most recent call last):', '  File "a.py", line 1', '    f()', 'RuntimeError: x', 'ok'])).toEqual(['none', 'bad', 'bad', 'bad', 'bad', 'none'])
  })
})

describe('scrolling', () => {
  const short = { total: 100, view: 600 }
  const million = { total: 1_000_000, view: 600 }

  test('a short log scrolls px by px', () => {
    expect([scrollHeight(short), maxPosition(short), isScaled(short)]).toEqual([2000, 1400, false])
    expect([0, 700, 1400].map(top => toScrollTop(toPosition(top, short), short))).toEqual([0, 700, 1400])
  })

  test('a million lines fit under the limit and the last is reached', () => {
    expect([scrollHeight(million), isScaled(million)]).toEqual([HEIGHT_LIMIT, true])
    const bottom = toPosition(HEIGHT_LIMIT - 600, million)
    expect(bottom).toBe(maxPosition(million))
    const sight = inSight(bottom, million)
    expect([sight.end, sight.anchor, sight.fraction, sight.anchorTop]).toEqual([1_000_000, 999_999, 1, 600])
    expect(toPosition(toScrollTop(1_234_567, million), million)).toBeCloseTo(1_234_567, 3)
  })

  test.each([0, 1, 33.5, 700, 1400])('at %s px the window is filled, and lines stand where px say', position => {
    const { first, end, anchor, fraction, anchorTop } = inSight(position, short)
    const topOfAnchor = anchorTop - fraction * LINE_HEIGHT
    expect(topOfAnchor).toBeCloseTo(anchor * LINE_HEIGHT - position, 6)
    expect(first * LINE_HEIGHT - position).toBeLessThanOrEqual(0)
    expect(end === 100 || end * LINE_HEIGHT - position >= 600).toBe(true)
  })

  test('a log that fits does not scroll, an empty one draws nothing', () => {
    expect(inSight(0, { total: 3, view: 600 })).toMatchObject({ first: 0, end: 3, anchor: 0, anchorTop: 0 })
    expect(inSight(0, { total: 0, view: 600 })).toMatchObject({ first: 0, end: 0 })
    expect(toPosition(50, { total: 3, view: 600 })).toBe(0)
  })

  test('a line is put in the middle, if the ends allow', () => {
    expect([positionOf(50, short), positionOf(0, short), positionOf(99, short)]).toEqual([710, 0, 1400])
  })

  test('pages', () => {
    expect([pagesOf(0, 50), pagesOf(150, 450), pagesOf(199, 200), pagesOf(0, 0)]).toEqual([[0], [0, 1, 2], [0], [0]])
  })

  test('matches go round', () => {
    const places = [5, 10, 20]
    expect([nextMatch(places, -1, false), nextMatch(places, 5, false), nextMatch(places, 20, false), nextMatch(places, 10, true), nextMatch(places, 5, true), nextMatch([], 0, false)]).toEqual([0, 1, 0, 0, 2, -1])
  })
})

test('times', () => {
  const at = Date.UTC(2026, 10, 21, 8, 0, 1, 700)
  expect([formatLineTime(at, 'utc', 0), formatLineTime(at, 'off', 0), formatLineTime(at, 'relative', at - 3_723_004), formatLineTime(at, 'relative', at + 5)]).toEqual(['08:00:01.700', '', '+1:02:03.004', '−0:00:00.005'])
})

test('the URL is read, and what is not understood dropped', () => {
  expect(readOutputView({ q: 'x', stream: 'stderr', time: 'utc', wrap: 'true', lines: '9-3' })).toEqual({ q: 'x', stream: 'stderr', time: 'utc', wrap: true, lines: '3-9' })
  expect(readOutputView({ stream: 'both', time: 'local', wrap: 'no', lines: '0' })).toEqual({})
  expect([decodeRange('12'), decodeRange('a'), decodeRange('-3'), decodeRange(undefined)]).toEqual([{ first: 12, last: 12 }, null, null, null])
  expect(encodeRange({ first: 3, last: 3 })).toBe('3')
})
