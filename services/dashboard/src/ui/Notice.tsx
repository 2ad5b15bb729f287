import { CircleAlert, CircleCheck, Info, TriangleAlert, type LucideIcon } from './icons';
import type { ReactNode } from 'react';
import classes from './Notice.module.css';
import type { Tone } from './tone';

const icons: Record<Tone, LucideIcon> = {
  neutral: Info,
  info: Info,
  violet: Info,
  success: CircleCheck,
  warning: TriangleAlert,
  danger: CircleAlert,
};

interface NoticeProps {
  tone: Tone;
  title?: ReactNode;
  icon?: LucideIcon;
  /** Buttons that answer the notice. */
  actions?: ReactNode;
  children?: ReactNode;
}

/** One thing that a person should know, with what to do about it. */
export function Notice({ tone, title, icon, actions, children }: NoticeProps) {
  const Icon = icon ?? icons[tone];
  return (
    <div className={classes.notice} data-tone={tone} role={tone === 'danger' ? 'alert' : 'status'}>
      <Icon size={18} aria-hidden="true" className={classes.icon} />
      <div className={classes.text}>
        {title !== undefined && <strong className={classes.title}>{title}</strong>}
        {children !== undefined && <div>{children}</div>}
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
