import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { outlookQuery } from '../api/queries';
import type { ServiceInfo } from '../api/types';
import { Notice } from '../ui/Notice';
import type { Draft } from './draft';

interface ModelNeedProps {
  draft: Draft;
  service: ServiceInfo | undefined;
}

/** What cannot be done, or not all of it, without a model; nothing where it can, or where nobody knows. */
export function ModelNeed({ draft, service }: ModelNeedProps) {
  const how = <>Set <code>CODEX_MODEL_URL</code> and <code>CODEX_MODEL</code> where the worker runs.</>;
  switch (draft.kind) {
    case 'ask':
      return service?.has_model === false && <Notice tone="warning" title="Questions need a model">No model is configured. {how}</Notice>;
    case 'review':
      return service?.has_model === false && <Notice tone="info" title="The tests alone are run">No model is configured, so nobody reads the change. {how}</Notice>;
    case 'change':
      return <ChangeNeed draft={draft} />;
  }
}

/** Says what the service would refuse the change with: at this base, by this test command, by this brain. */
function ChangeNeed({ draft }: { draft: Draft }) {
  const [repository] = useDebouncedValue(draft.repository.trim(), 350);
  const [baseRef] = useDebouncedValue(draft.baseRef.trim(), 350);
  const [testCommand] = useDebouncedValue(draft.testCommand.trim(), 350);
  const outlook = useQuery(outlookQuery(repository, baseRef, testCommand, draft.brain));
  const whyNot = outlook.data?.why_not ?? null;
  return whyNot !== null && <Notice tone="warning" title="This needs a model">{whyNot}</Notice>;
}
