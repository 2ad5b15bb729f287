import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { Check, Copy } from './icons';
import { useEffect, useState } from 'react';
import { copyText } from './clipboard';

interface CopyButtonProps {
  text: string;
  /** What is copied, for the label: `Copy patch`. */
  what: string;
  withText?: boolean;
}

export function CopyButton({ text, what, withText = false }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) {
      return;
    }
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = () => void copyText(text).then(setCopied);
  const icon = copied ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />;
  if (withText) {
    return (
      <Button variant="default" size="xs" leftSection={icon} onClick={copy}>
        {copied ? 'Copied' : `Copy ${what}`}
      </Button>
    );
  }
  return (
    <Tooltip label={copied ? 'Copied' : `Copy ${what}`}>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`Copy ${what}`} onClick={copy}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
