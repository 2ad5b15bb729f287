import { describe, expect, it } from 'vitest';
import { formatAgo, formatBytes, formatSeconds, plural, secondsBetween } from '../src/ui/time';

describe('formatSeconds', () => {
  it.each([
    [0, '0 ms'],
    [0.0421, '42 ms'],
    [0.2, '0.2 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [65, '1 min 05 s'],
    [3599.7, '1 h 00 min'],
    [7620, '2 h 07 min'],
    [100_000, '1 d 3 h'],
    [-1, '0 s'],
    [Number.NaN, '0 s'],
  ])('%d → %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));
});

describe('secondsBetween', () => {
  it('runs to now while there is no end', () => {
    const now = Date.parse('2026-01-01T00:01:00Z');
    expect(secondsBetween('2026-01-01T00:00:00Z', null, now)).toBe(60);
    expect(secondsBetween('2026-01-01T00:00:00Z', '2026-01-01T00:00:30Z', now)).toBe(30);
  });

  it('never goes below zero when the clocks differ', () => {
    expect(secondsBetween('2026-01-01T00:00:05Z', null, Date.parse('2026-01-01T00:00:00Z'))).toBe(0);
  });
});

describe('formatAgo', () => {
  const now = Date.parse('2026-01-10T12:00:00Z');
  it.each([
    ['2026-01-10T11:59:50Z', 'just now'],
    ['2026-01-10T11:55:00Z', '5 min ago'],
    ['2026-01-10T09:00:00Z', '3 h ago'],
    ['2026-01-09T10:00:00Z', 'yesterday'],
    ['2026-01-07T10:00:00Z', '3 days ago'],
  ])('%s → %s', (instant, text) => expect(formatAgo(instant, now)).toBe(text));
});

it('counts in words', () => {
  expect(plural(1, 'test')).toBe('1 test');
  expect(plural(12_000, 'test')).toBe('12,000 tests');
  expect(plural(2, 'branch', 'branches')).toBe('2 branches');
});

it('shows sizes', () => {
  expect([12, 3400, 1_200_000].map(formatBytes)).toEqual(['12 B', '3.4 kB', '1.2 MB']);
});
