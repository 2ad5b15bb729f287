import { ActionIcon, Tooltip, useMantineColorScheme } from '@mantine/core';
import { Monitor, Moon, Sun } from '../ui/icons';

const next = { auto: 'light', light: 'dark', dark: 'auto' } as const;
const looks = {
  auto: { icon: Monitor, label: 'Colours: as the system' },
  light: { icon: Sun, label: 'Colours: light' },
  dark: { icon: Moon, label: 'Colours: dark' },
} as const;

export function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { icon: Icon, label } = looks[colorScheme];
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`${label}. Change.`} onClick={() => setColorScheme(next[colorScheme])}>
        <Icon size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
