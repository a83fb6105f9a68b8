interface ErrorDetails {
  /** The server's error code, or `unreachable`, or `unexpected_reply`. */
  code: string
  message: string
  hint: string
  /** HTTP status; 0 if there was no answer. */
  status: number
}

/** What went wrong with a request: the server's own words where it answered, ours where it did not. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly code: string
  readonly hint: string
  readonly status: number

  constructor({ code, message, hint, status }: ErrorDetails) {
    super(message)
    this.code = code
    this.hint = hint
    this.status = status
  }
}

/** Turns a reply that is no success into an `ApiError`; `body` is what could be read of it. */
export function readErrorReply(status: number, body: unknown): ApiError {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
  if (typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string') {
    const text = (key: string) => String((error as Record<string, unknown>)[key] ?? '')
    return new ApiError({ code: text('code'), message: error.message, hint: text('hint'), status })
  }
  return new ApiError({
    code: 'unexpected_reply',
    message: `The server answered ${status} without a reason.`,
    hint: 'Something between this page and Halley may have answered. Look at its log.',
    status,
  })
}

/** The words for a request that got no answer. */
export function unreachable(): ApiError {
  return new ApiError({
    code: 'unreachable',
    message: 'The server does not answer.',
    hint: 'Is it running? The page goes on by itself once it is back.',
    status: 0,
  })
}

/** Any error as words for people. */
export function describeError(error: unknown): { message: string; hint: string } {
  // What is missing was named by the address, so the server's hint for programs does not help.
  if (error instanceof ApiError)
    return { message: error.message, hint: error.status === 404 ? 'It may have been deleted, or the address was cut short.' : error.hint }
  return {
    message: error instanceof Error ? `This page broke: ${error.message}` : 'This page broke.',
    hint: 'Try again. If it stays, please report it with this text.',
  }
}
