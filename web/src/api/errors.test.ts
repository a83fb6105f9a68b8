import { expect, test } from 'vitest'
import { ApiError, describeError, readErrorReply, unreachable } from '@/api/errors'

test("the server's own words are kept", () => {
  const error = readErrorReply(409, { error: { code: 'sequence_gap', message: 'A gap.', hint: 'Rewind.', field: '' } })
  expect(error).toMatchObject({ code: 'sequence_gap', message: 'A gap.', hint: 'Rewind.', status: 409 })
  expect(describeError(error)).toEqual({ message: 'A gap.', hint: 'Rewind.' })
})

test('an answer that is not from Halley is said to be one', () => {
  for (const body of [undefined, null, '<html>', {}, { error: 'x' }, { error: { code: 'a' } }]) expect(readErrorReply(502, body)).toMatchObject({ code: 'unexpected_reply', status: 502 })
})

test('every error has words', () => {
  expect(describeError(unreachable()).message).toContain('does not answer')
  expect(describeError(new TypeError('x is undefined')).message).toContain('x is undefined')
  expect(describeError('odd').message).not.toBe('')
  expect(describeError(new ApiError({ code: 'not_found', message: 'No project.', hint: 'GET /x', status: 404 })).hint).not.toContain('GET')
})
