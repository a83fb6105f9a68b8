import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from '@/ui/Button'
import { notify } from '@/ui/Toast'
import { copyText } from '@/lib/clipboard'

/** Copies a text and says so for a moment. */
export function CopyButton({ text, label = 'Copy', className }: { text: string; label?: string; className?: string }) {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = async () => {
    if (await copyText(text)) setCopied(true)
    else notify('Could not copy', { detail: 'The browser does not allow it here. Select the text and copy it by hand.', isError: true })
  }
  return (
    <IconButton label={isCopied ? 'Copied' : label} isSmall onClick={() => void copy()} className={className}>
      {isCopied ? <Check className="text-ok" /> : <Copy />}
    </IconButton>
  )
}
