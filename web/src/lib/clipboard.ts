/** Puts text on the clipboard; says whether it worked. Plain http on a LAN has no clipboard API, so an old way is kept. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.style.position = 'fixed'
    area.style.opacity = '0'
    const host = document.activeElement?.closest('[role=dialog]') ?? document.body
    const before = document.activeElement as HTMLElement | null
    host.append(area)
    area.select()
    const isDone = document.execCommand('copy')
    area.remove()
    before?.focus()
    return isDone
  }
}
