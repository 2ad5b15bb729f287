import { createTheme, type MantineColorsTuple } from '@mantine/core';

const petrol: MantineColorsTuple = ['#e9f5f5', '#d2eaea', '#a5d5d6', '#74bec1', '#4ca9ad', '#2d9399', '#1b7e85', '#11696f', '#0e5a61', '#0a444a'];
const ink: MantineColorsTuple = ['#e4eaeb', '#c0c9cb', '#99a5a8', '#77858a', '#38444a', '#2b3539', '#1b2326', '#11171a', '#0c1113', '#070a0b'];

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 6 },
  colors: { petrol, dark: ink },
  fontFamily: '"Geist Variable", system-ui, sans-serif',
  fontFamilyMonospace: '"Geist Mono Variable", ui-monospace, SFMono-Regular, Menlo, monospace',
  headings: { fontFamily: '"Geist Variable", system-ui, sans-serif', fontWeight: '600' },
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
});
