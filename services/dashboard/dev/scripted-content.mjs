/** What the scripted tasks produce. */

export const patch = `diff --git a/shop/api/users.py b/shop/api/users.py
index 2f1c9aa..9c0b1de 100644
--- a/shop/api/users.py
+++ b/shop/api/users.py
@@ -33,18 +33,18 @@ class UserPage:
     total: int
 
 
 def paginate(users: list[User], page: int, per_page: int = 20) -> UserPage:
     """Cut one page out of the users; pages count from 1."""
     if page < 1:
         raise ValueError(f"page must be at least 1, not {page}")
     total = len(users)
-    start = max(0, (page - 1) * per_page - 1)
-    items = users[start : start + per_page + (page == 1)]
+    start = (page - 1) * per_page
+    items = users[start : start + per_page]
     return UserPage(items=items, page=page, per_page=per_page, total=total)
 
 
 @router.get("/api/users")
 def list_users(page: int = 1, per_page: int = 20) -> dict[str, object]:
     # The newest users come first; the order is stable between calls.
     users = sorted(repository.all_users(), key=lambda user: (user.created_at, user.id), reverse=True)
     return paginate(users, page, min(per_page, 100)).to_json()
`;

export const largePatch = `diff --git a/.github/workflows/ci.yml b/.github/workflows/ci.yml
index 1111111..2222222 100644
--- a/.github/workflows/ci.yml
+++ b/.github/workflows/ci.yml
@@ -8,6 +8,7 @@ jobs:
     steps:
       - uses: actions/checkout@v4
       - run: pip install -e .[test]
+      - run: npm ci --prefix web
       - run: pytest -q
 
   lint:
${patch}diff --git a/src/Billing/PriceFormatter.cs b/src/Billing/PriceFormatter.cs
index 7777777..8888888 100644
--- a/src/Billing/PriceFormatter.cs
+++ b/src/Billing/PriceFormatter.cs
@@ -5,8 +5,8 @@ namespace Acme.Billing;
 /// <summary>Formats amounts of minor units for people.</summary>
 internal sealed class PriceFormatter(TimeProvider clock)
 {
-    public string Format(long priceCents, string currency) =>
-        (priceCents / 100m).ToString("N2", CultureInfo.InvariantCulture) + " " + currency;
+    public string Format(long amountMinor, string currency) =>
+        (amountMinor / 100m).ToString("N2", CultureInfo.InvariantCulture) + " " + currency;
 
     public bool IsDue(DateTimeOffset due) => due <= clock.GetUtcNow();
 }
diff --git a/web/src/price.ts b/web/src/price.ts
index 3333333..4444444 100644
--- a/web/src/price.ts
+++ b/web/src/price.ts
@@ -1,8 +1,11 @@
-export interface Line { sku: string; price_cents: number }
+export interface Line {
+  sku: string;
+  amountMinor: number;
+}
 
 /** Sums an order's lines. */
 export async function total(lines: readonly Line[]): Promise<number> {
-  return lines.reduce((sum, line) => sum + line.price_cents, 0);
+  return lines.reduce((sum, line) => sum + line.amountMinor, 0);
 }
 
 const currency = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' });
diff --git a/docs/prices.md b/docs/prices.md
new file mode 100644
index 0000000..5555555
--- /dev/null
+++ b/docs/prices.md
@@ -0,0 +1,4 @@
+# Prices
+
+Amounts are kept in minor units (\`amountMinor\`), never as floating point numbers.
+
diff --git a/legacy/cents.py b/legacy/cents.py
deleted file mode 100644
index 6666666..0000000
--- a/legacy/cents.py
+++ /dev/null
@@ -1,3 +0,0 @@
-def cents(amount):
-    return int(amount * 100)
-
diff --git a/web/logo.png b/web/logo.png
index 9999999..aaaaaaa 100644
Binary files a/web/logo.png and b/web/logo.png differ
`;

export const verification = {
  verified: true,
  reason: 'The failing tests pass and nothing broke.',
  fail_to_pass: ['tests/api/test_users.py::test_page_two_is_disjoint', 'tests/api/test_users.py::test_pages_cover_all_users'],
  pass_to_pass: 41,
  broken: [],
  still_failing: [],
  flaky: [],
  network: {
    work: { names_recorded: true, addresses_counted: true, names: [{ name: 'pypi.org', count: 6, types: ['A', 'AAAA'] }], other_lookups: 0, addresses: 0 },
    before: { names_recorded: true, addresses_counted: true, names: [{ name: 'metrics.example.com', count: 2, types: ['A', 'AAAA'] }], other_lookups: 0, addresses: 0 },
    after: {
      names_recorded: true, addresses_counted: true, other_lookups: 0, addresses: 2,
      names: [{ name: 'metrics.example.com', count: 2, types: ['A', 'AAAA'] }, { name: `${'3d5f0a'.repeat(9)}.collector.example.net`, count: 1, types: ['TXT'] }],
    },
    new_with_patch: [`${'3d5f0a'.repeat(9)}.collector.example.net`],
  },
  commands: [
    { index: 0, phase: 'before', command: 'python -m pytest -q', exit_code: 1, seconds: 2.31, timed_out: false, output_bytes: 1841 },
    { index: 1, phase: 'after', command: 'python -m pytest -q', exit_code: 0, seconds: 2.18, timed_out: false, output_bytes: 412 },
    { index: 2, phase: 'after', command: 'python -m pytest -q', exit_code: 0, seconds: 2.15, timed_out: false, output_bytes: 412 },
  ],
};

const red = (text) => `\u001b[31m${text}\u001b[0m`;
const green = (text) => `\u001b[32m${text}\u001b[0m`;

export const outputs = [
  `............${red('F')}${red('F')}.............................                              [100%]
=================================== FAILURES ===================================
\u001b[31m\u001b[1m__________________________ test_page_two_is_disjoint ___________________________\u001b[0m

    def test_page_two_is_disjoint(client):
        first = client.get("/api/users?page=1").json()["items"]
        second = client.get("/api/users?page=2").json()["items"]
>       assert not {u["id"] for u in first} & {u["id"] for u in second}
\u001b[1m\u001b[31mE       AssertionError: assert not {20}\u001b[0m

${red('tests/api/test_users.py')}:27: AssertionError
${Array.from({ length: 340 }, (_, i) => `  DEBUG query ${i}: select * from users order by created_at desc limit 20 offset ${i}`).join('\n')}
=========================== short test summary info ============================
${red('FAILED')} tests/api/test_users.py::\u001b[1mtest_page_two_is_disjoint\u001b[0m
${red('FAILED')} tests/api/test_users.py::\u001b[1mtest_pages_cover_all_users\u001b[0m
${red('2 failed, 41 passed in 2.19s')}
`,
  `...........................................                              [100%]\n${green('43 passed in 2.06s')}\n`,
];

export const body = (task) => `## Why

${task.prompt}

## What

The slice in \`paginate\` started one element early on every page but the first, so the last user of a page came again as the first of the next.

## Evidence

| command | before | after |
|---|---|---|
| \`${task.test_command}\` | exit 1 | exit 0, twice |

- [x] 2 tests that failed now pass
- [x] 41 tests that passed still pass

<script>alert('raw HTML is shown as text')</script>

Made by task \`${task.id}\`.
`;
