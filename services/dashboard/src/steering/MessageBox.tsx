import { Button, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type KeyboardEvent } from 'react';
import { messagesQuery } from '../api/queries';
import type { TaskDetail } from '../api/types';
import { Send } from '../ui/icons';
import { formatInstant } from '../ui/time';
import classes from './SteeringPanel.module.css';
import type { useSteering } from './useSteering';

interface MessageBoxProps {
  task: TaskDetail;
  /** What a message leads to now. */
  hint: string;
  say: ReturnType<typeof useSteering>['say'];
}

/** What people said to the model, and a place to say more. */
export function MessageBox({ task, hint, say }: MessageBoxProps) {
  const [text, setText] = useState('');
  const messages = useQuery(messagesQuery(task.summary.id, task.message_count));
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() !== '' && !say.isPending) {
      say.mutate({ text: text.trim() }, { onSuccess: () => setText('') });
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    }
  };
  return (
    <form className={classes.messages} onSubmit={submit}>
      {messages.data !== undefined && messages.data.length > 0 && (
        <ol className={classes.said} aria-label="Messages">
          {messages.data.map((message) => (
            <li key={message.number}>
              <p className={classes.message}>{message.text}</p>
              <time dateTime={message.at}>{formatInstant(message.at)}</time>
            </li>
          ))}
        </ol>
      )}
      <div className={classes.compose}>
        <Textarea
          label="Message to the model"
          description={hint}
          autosize
          minRows={1}
          maxRows={8}
          maxLength={10_000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <Button type="submit" variant="default" leftSection={<Send size={15} />} loading={say.isPending} disabled={text.trim() === ''}>
          Send
        </Button>
      </div>
    </form>
  );
}
