import type { RepositoryInspection, ServiceInfo, TaskKind } from '../api/types';
import { Notice } from '../ui/Notice';

interface ModelNeedProps {
  kind: TaskKind;
  service: ServiceInfo | undefined;
  found: RepositoryInspection | undefined;
}

/** What cannot be done, or not all of it, as no model is configured; nothing where one is, or where nobody knows. */
export function ModelNeed({ kind, service, found }: ModelNeedProps) {
  if (service?.has_model !== false) {
    return null;
  }
  const how = <>Set <code>CODEX_MODEL_URL</code> and <code>CODEX_MODEL</code> where the worker runs.</>;
  switch (kind) {
    case 'ask':
      return <Notice tone="warning" title="Questions need a model">No model is configured. {how}</Notice>;
    case 'review':
      return <Notice tone="info" title="The tests alone are run">No model is configured, so nobody reads the change. {how}</Notice>;
    case 'change':
      return found === undefined || found.has_python ? null : (
        <Notice tone="warning" title="This repository needs a model">
          No model is configured, and without one only Python code is worked on, by its failing pytest or unittest tests. {how}
        </Notice>
      );
  }
}
