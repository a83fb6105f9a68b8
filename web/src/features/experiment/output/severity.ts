import { stripAnsi } from '@/features/experiment/output/ansi'

/** How alarming a line is. */
export type Severity = 'none' | 'warn' | 'bad'

const TRACEBACK = /^\s*Traceback \(most recent call last\):/
const BAD =
  /(?:^|[\s[|(<-])(?:ERROR|CRITICAL|FATAL|PANIC)(?:$|[\s:\]|)>-])|^[\w.]*(?:Error|Exception|Interrupt)(?::|$)|^(?:fatal|error|panic)\b ?:|Segmentation fault/
const WARN = /(?:^|[\s[|(<-])(?:WARN|WARNING)(?:$|[\s:\]|)>-])|\b\w*Warning: |^warning:/

function judge(text: string): Severity {
  if (BAD.test(text)) return 'bad'
  return WARN.test(text) ? 'warn' : 'none'
}

/** How alarming each of some lines that follow each other is. A Python traceback is bad from its first line to its exception. */
export function judgeLines(texts: readonly string[]): Severity[] {
  let isInTraceback = false
  return texts.map(raw => {
    const text = stripAnsi(raw)
    if (TRACEBACK.test(text)) {
      isInTraceback = true
      return 'bad'
    }
    if (!isInTraceback) return judge(text)
    if (!/^\s/.test(text)) isInTraceback = false
    return 'bad'
  })
}
