import { describe, expect, it, vi } from 'vitest';
import { safeReturnPath, takeTokenFromAddress } from '../src/session/signIn';

describe('takeTokenFromAddress', () => {
  it('reads the token and removes it from the address bar', () => {
    const replaceState = vi.fn();
    const location = { hash: '#token=cdx_a%2Bb', pathname: '/sign-in', search: '?to=%2Fnew' } as Location;
    expect(takeTokenFromAddress(location, { state: null, replaceState } as unknown as History)).toBe('cdx_a+b');
    expect(replaceState).toHaveBeenCalledWith(null, '', '/sign-in?to=%2Fnew');
  });

  it('leaves other addresses alone', () => {
    const replaceState = vi.fn();
    expect(takeTokenFromAddress({ hash: '', pathname: '/sign-in', search: '' } as Location, { replaceState } as unknown as History)).toBeNull();
    expect(replaceState).not.toHaveBeenCalled();
  });
});

it.each([
  ['/tasks/1?tab=diff', '/tasks/1?tab=diff'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['/sign-in?to=/', '/'],
  [null, '/'],
])('returns from %s to %s', (wanted, path) => expect(safeReturnPath(wanted)).toBe(path));
