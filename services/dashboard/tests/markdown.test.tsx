// @vitest-environment happy-dom
import './browser';
import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Markdown } from '../src/ui/Markdown';

it('renders no HTML, script link or foreign picture of the text', () => {
  const { container } = render(
    <Markdown text={'# Why\n\n<img src=x onerror=alert(1)>\n\n[go](javascript:alert(1)) ![pixel](https://evil.example/p.png) `code`'} />,
  );
  expect(container.querySelector('h1')?.textContent).toBe('Why');
  expect(container.querySelector('img, script')).toBeNull();
  expect([...container.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual(['', 'https://evil.example/p.png']);
  expect(container.textContent).toContain('<img src=x onerror=alert(1)>');
});
