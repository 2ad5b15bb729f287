// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { patchFiles } from '../src/diff/patchFiles';

const change = `diff --git a/shop/users.py b/shop/users.py
index 1111111..2222222 100644
--- a/shop/users.py
+++ b/shop/users.py
@@ -1,3 +1,4 @@
 def page(items, number):
-    start = number * 20
+    start = (number - 1) * 20
+    # pages count from 1
     return items[start : start + 20]
`;
const added = `diff --git a/docs/ü b.md b/docs/ü b.md
new file mode 100644
index 0000000..3333333
--- /dev/null
+++ b/docs/ü b.md
@@ -0,0 +1 @@
+# Pages
`;
const binary = `diff --git a/logo.png b/logo.png
index 4444444..5555555 100644
Binary files a/logo.png and b/logo.png differ
`;

describe('patchFiles', () => {
  it('counts the lines of each file', () => {
    expect(patchFiles(change + added)?.map(({ path, change: kind, additions, deletions }) => [path, kind, additions, deletions])).toEqual([
      ['shop/users.py', 'change', 2, 1],
      ['docs/ü b.md', 'new', 1, 0],
    ]);
  });

  it('knows a file without lines to show', () => {
    expect(patchFiles(binary)?.[0]).toMatchObject({ path: 'logo.png', empty: true });
  });

  it('gives up on what is no diff', () => {
    expect(patchFiles('all good')).toBeNull();
    expect(patchFiles('')).toEqual([]);
  });
});
