import type { QueryClient, QueryKey } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { Change, DrawChart } from '@/api/types'

/** `connecting` at first and after a loss, `live` while events flow, `paused` while the tab is hidden. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'paused'

interface LiveState {
  connection: Connection
  /** When the last change came, ms; 0 if none has. */
  changedAt: number
}

const FIRST_MS = 200 // how long changes are gathered
const PAUSE_MS = 1000 // a page of charts is fetched at most this often
const RETRY_MS = [500, 1000, 2000, 5000]

let state: LiveState = { connection: 'connecting', changedAt: 0 }
const listeners = new Set<() => void>()

function setState(next: Partial<LiveState>): void {
  state = { ...state, ...next }
  listeners.forEach(listener => listener())
}

/** Whether the page is live, and when it last changed. */
export function useLive(): LiveState {
  return useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => state,
  )
}

/** Which queries a change makes stale: the whole of the rule, pure. */
export function isAffected(key: QueryKey, change: Change): boolean {
  const [kind, first, second] = key
  const parts = new Set(change.parts)
  const isOfProject = first === change.workspace && second === change.project
  const isBirthOrDeath = parts.has('created') || parts.has('deleted')
  switch (kind) {
    case 'projects':
      return isBirthOrDeath || parts.has('state')
    case 'project':
      return isOfProject && (isBirthOrDeath || parts.has('state'))
    case 'columns':
      return isOfProject && (isBirthOrDeath || parts.has('facts') || parts.has('metrics'))
    case 'experiments':
      return isOfProject && [...parts].some(part => part !== 'output' && part !== 'assets')
    case 'experiment':
      return first === change.experiment
    case 'chart':
      return (parts.has('metrics') || parts.has('deleted')) && (first as DrawChart).experiments.includes(change.experiment)
    case 'assets':
      return first === change.experiment && (parts.has('assets') || parts.has('deleted'))
    case 'output':
      return first === change.experiment && (parts.has('output') || parts.has('deleted'))
    default:
      return false
  }
}

/**
 * Keeps what is shown true: one event stream for the whole tab. A change marks the queries it touches stale, and those
 * in sight are fetched again. The stream is closed while the tab is hidden; coming back, everything is fetched again.
 *
 * Returns what stops it.
 */
export function startLive(queries: QueryClient): () => void {
  let source: EventSource | undefined
  let flushTimer: ReturnType<typeof setTimeout> | undefined
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let flushedAt = 0
  let failures = 0
  let hasBeenLive = false
  const waiting = new Map<string, Change>()
  const dirty = new Set<string>() // hashes of queries to fetch again

  function plan(): void {
    flushTimer ??= setTimeout(flush, Math.max(FIRST_MS, flushedAt + PAUSE_MS - Date.now()))
  }

  function flush(): void {
    flushTimer = undefined
    const changes = [...waiting.values()]
    waiting.clear()
    for (const query of queries.getQueryCache().getAll())
      if (changes.some(change => isAffected(query.queryKey, change))) dirty.add(query.queryHash)
    for (const hash of dirty) {
      const query = queries.getQueryCache().get(hash)
      // What is on its way may have been read before the change: asked for again once it is here, never cut off, so
      // that a slow answer to a fast run still arrives.
      if (query?.state.fetchStatus === 'fetching') continue
      dirty.delete(hash)
      if (query) void queries.invalidateQueries({ queryKey: query.queryKey, exact: true })
    }
    flushedAt = Date.now()
    if (dirty.size > 0) plan()
  }

  function take(change: Change): void {
    const known = waiting.get(change.experiment)
    waiting.set(change.experiment, known ? { ...change, parts: [...new Set([...known.parts, ...change.parts])] } : change)
    setState({ changedAt: Date.now() })
    plan()
  }

  function open(): void {
    clearTimeout(retryTimer)
    source?.close()
    setState({ connection: hasBeenLive && failures > 0 ? 'reconnecting' : 'connecting' })
    source = new EventSource('/api/v1/events')
    source.addEventListener('hello', () => {
      // What was said while nobody listened is unknown, so everything may be stale; at first that is what was asked for
      // before the stream stood.
      for (const query of queries.getQueryCache().getAll()) dirty.add(query.queryHash)
      plan()
      hasBeenLive = true
      failures = 0
      setState({ connection: 'live' })
    })
    source.addEventListener('change', event => take(JSON.parse((event as MessageEvent<string>).data) as Change))
    source.addEventListener('error', () => {
      source?.close()
      setState({ connection: 'reconnecting' })
      retryTimer = setTimeout(open, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)])
    })
  }

  function pause(): void {
    clearTimeout(retryTimer)
    source?.close()
    source = undefined
    setState({ connection: 'paused' })
  }

  const onVisibility = () => (document.hidden ? pause() : open())
  document.addEventListener('visibilitychange', onVisibility)
  onVisibility()
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    clearTimeout(flushTimer)
    pause()
  }
}
