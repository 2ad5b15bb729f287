/** 128 random bits; `crypto.randomUUID` exists on HTTPS and localhost only. */
export function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * One key per content: pressing twice, or again after a lost answer, makes one task, while a changed form is a
 * new request.
 */
export class IdempotencyKeys {
  private content: string | null = null;
  private key = '';

  keyFor(body: unknown): string {
    const content = JSON.stringify(body);
    if (content !== this.content) {
      this.content = content;
      this.key = randomKey();
    }
    return this.key;
  }

  /** The task exists: the same content again is meant as another task. */
  used(): void {
    this.content = null;
  }
}
