import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { PlanInfo } from '../api/types';
import { Check } from '../ui/icons';
import { PlanList } from './PlanList';
import classes from './SteeringPanel.module.css';
import type { useSteering } from './useSteering';

interface PlanReviewProps {
  plan: PlanInfo;
  /** Whether the attempt's number says something. */
  numbered: boolean;
  approve: ReturnType<typeof useSteering>['approve'];
}

/** A plan that waits: approve it, or change it first. Remount it for another revision. */
export function PlanReview({ plan, numbered, approve }: PlanReviewProps) {
  const [edited, edit] = useState<string | null>(null);
  const send = () => approve.mutate({ attempt: plan.attempt, revision: plan.revision, plan: edited === null || edited.trim() === plan.text ? null : edited.trim() });
  return (
    <div className={classes.review}>
      <h3 className={classes.name}>{numbered ? `Plan of attempt ${plan.attempt}` : 'The plan'} waits for your approval</h3>
      <p className={classes.hint}>No file has changed yet, and no worker is held meanwhile. To have another plan, send a message below.</p>
      {edited === null ? (
        <PlanList text={plan.text} />
      ) : (
        <Textarea
          aria-label="The plan as it shall be"
          description="One step a line. The model follows it as it stands here."
          autosize
          minRows={3}
          maxRows={14}
          maxLength={10_000}
          value={edited}
          onChange={(event) => edit(event.currentTarget.value)}
          data-autofocus
        />
      )}
      <div className={classes.buttons}>
        <Button leftSection={<Check size={16} />} onClick={send} loading={approve.isPending} disabled={edited !== null && edited.trim() === ''}>
          {edited === null ? 'Approve the plan' : 'Approve as edited'}
        </Button>
        <Button variant="default" onClick={() => edit(edited === null ? plan.text : null)} disabled={approve.isPending}>
          {edited === null ? 'Edit' : 'Discard the edits'}
        </Button>
      </div>
    </div>
  );
}
