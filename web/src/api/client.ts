import createClient from 'openapi-fetch'
import { readErrorReply, unreachable, ApiError } from '@/api/errors'
import type { paths } from '@/api/schema'

/** The typed client; knows every path, parameter and body of the server. */
export const client = createClient<paths>({ baseUrl: '/' })

interface Reply<Data> {
  data?: Data
  error?: unknown
  response: Response
}

/** Waits for a reply and gives its data. Throws an `ApiError` with the server's own words, or `unreachable`. */
export async function take<Data>(reply: Promise<Reply<Data>>): Promise<Data> {
  let done: Reply<Data>
  try {
    done = await reply
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    if (error instanceof SyntaxError)
      throw new ApiError({
        code: 'unexpected_reply',
        message: 'The answer is not from Halley.',
        hint: 'Something between this page and the server may have answered.',
        status: 0,
      })
    throw unreachable()
  }
  if (!done.response.ok) throw readErrorReply(done.response.status, done.error)
  return done.data as Data
}
