using CodexService.Testing.ScriptedModels;
using static CodexService.Agent.Tests.Repositories.Move;

namespace CodexService.Agent.Tests.Repositories;

/// <summary>Repositories in JavaScript for Node's own test runner, with ES modules and with CommonJS.</summary>
internal static class JavaScriptRepositories
{
    private const string NodeTest = "node --test";
    private const string Module = "{ \"type\": \"module\" }\n";

    public static IReadOnlyList<SmallRepository> All { get; } =
    [
        new("javascript-modules", NodeTest, NativeTools: true)
        {
            Files =
            [
                ("package.json", Module),
                ("src/sum.js", "export function sum(numbers) {\n  return numbers.reduce((a, b) => a + b, 1);\n}\n"),
                ("test/sum.test.js", "import test from 'node:test';\nimport assert from 'node:assert';\nimport { sum } from '../src/sum.js';\n\ntest('sums', () => assert.equal(sum([1, 2]), 3));\ntest('nothing', () => assert.equal(sum([]), 0));\n"),
            ],
            Task = "`sum` of nothing is 1.",
            Prompted = "src/sum.js",
            Moves =
            [
                RunTests("0 passed, 2 failed; failing: sums, nothing"),
                Edit("src/sum.js", "a + b, 1)", "a + b, 1)", "old and new are the same"),
                Edit("src/sum.js", "a + b, 1);", "a + b, 0;", "would no longer parse, so nothing was changed"),
                Edit("src/sum.js", "a + b, 1);", "a + b, 0);", "Edited src/sum.js at line 2"),
                RunTests("exit code 0; 2 passed, 0 failed"),
                Submit(),
            ],
            Changed = ["src/sum.js"],
            Patched = "+  return numbers.reduce((a, b) => a + b, 0);\n",
        },
        new("javascript-commonjs", NodeTest, NativeTools: false)
        {
            Files =
            [
                ("lib/queue.js", "class Queue {\n  constructor() {\n    this.items = [];\n  }\n\n  push(item) {\n    this.items.push(item);\n  }\n\n  take() {\n    return this.items.pop();\n  }\n}\n\nmodule.exports = { Queue };\n"),
                ("test/queue.test.js", "const test = require('node:test');\nconst assert = require('node:assert');\nconst { Queue } = require('../lib/queue.js');\n\ntest('first in, first out', () => {\n  const queue = new Queue();\n  queue.push(1);\n  queue.push(2);\n  assert.equal(queue.take(), 1);\n});\n"),
            ],
            Task = "The queue gives back the newest item first.",
            Prompted = "<call name=",
            Moves =
            [
                Call("grep", new { text = "pop" }, "There is no tool \"grep\""),
                Call("search", new { query = "pop" }, "lib/queue.js"),
                Edit("lib/queue.js", "return this.items.shift();", "return this.items[0];", "old is not in the file"),
                Edit("lib/queue.js", "this.items.pop()", "this.items[0]", "Edited lib/queue.js at line 11"),
                new(ScriptedTurn.Say("That should do."), "Your answer called no tool"),
                Edit("lib/queue.js", "this.items[0]", "this.items.shift()", "Edited lib/queue.js at line 11"),
                RunTests("exit code 0; 1 passed, 0 failed"),
                Submit(),
            ],
            Changed = ["lib/queue.js"],
            Patched = "+    return this.items.shift();\n",
        },
        new("javascript-new-file", NodeTest, NativeTools: true)
        {
            Files =
            [
                ("src/clamp.mjs", "export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);\n"),
                ("test/range.test.mjs", "import test from 'node:test';\nimport assert from 'node:assert';\nimport { range } from '../src/range.mjs';\n\ntest('range', () => assert.deepEqual(range(2, 5), [2, 3, 4]));\n"),
            ],
            Task = "Add `src/range.mjs` with `range(from, to)`; `to` is left out.",
            Prompted = "Add `src/range.mjs`",
            Moves =
            [
                Call("write", new { path = "src/ranges.mjs" }, "write: \"content\" is missing. Call it like this"),
                Write("src/ranges.mjs", "export function range(from, to) {\n  return Array.from({ length: to - from + 1 }, (_, i) => from + i);\n}\n", "Created src/ranges.mjs (3 lines)"),
                RunTests("ERR_MODULE_NOT_FOUND"),
                Shell("mv src/ranges.mjs src/range.mjs", "exit code 0"),
                RunTests("1 failed"),
                Edit("src/range.mjs", "to - from + 1", "to - from", "Edited src/range.mjs at line 2"),
                RunTests("exit code 0; 1 passed, 0 failed"),
                Submit(),
            ],
            Changed = ["src/range.mjs"],
            Patched = "+  return Array.from({ length: to - from }, (_, i) => from + i);\n",
        },
        new("javascript-data-file", NodeTest, NativeTools: false)
        {
            Files =
            [
                ("data/rates.json", "{\n  \"EUR\": 1,\n  \"USD\": 11\n}\n"),
                ("lib/convert.js", "const rates = require('../data/rates.json');\n\nexports.convert = (amount, to) => amount * rates[to];\n"),
                ("lib/format.js", "exports.format = (amount, code) => `${amount.toFixed(2)} ${code}`;\n"),
                ("test/convert.test.js", "const test = require('node:test');\nconst assert = require('node:assert');\nconst { convert } = require('../lib/convert.js');\nconst { format } = require('../lib/format.js');\n\ntest('dollars', () => assert.equal(format(convert(10, 'USD'), 'USD'), '11.00 USD'));\ntest('euros', () => assert.equal(format(convert(10, 'EUR'), 'EUR'), '10.00 EUR'));\n"),
            ],
            Task = "Ten euros are eleven dollars, not a hundred and ten.",
            Prompted = "lib/convert.js",
            Moves =
            [
                Edit("lib/convert.js", "amount * rates[to]", "amount * rates[to] / 10", "Edited lib/convert.js at line 3"),
                RunTests("1 passed, 1 failed"),
                Shell("git checkout -- lib/convert.js; cat data/rate.json", "No such file or directory"),
                Edit("data/rates.json", "\"USD\": 11", "\"USD\": 1.1,", "would no longer parse, so nothing was changed"),
                Edit("data/rates.json", "\"USD\": 11", "\"USD\": 1.1", "Edited data/rates.json at line 3"),
                RunTests("exit code 0; 2 passed, 0 failed"),
                Submit(),
            ],
            Changed = ["data/rates.json"],
            Patched = "+  \"USD\": 1.1\n",
        },
        new("javascript-packages", "cd packages/names && node --test", NativeTools: true)
        {
            Files =
            [
                ("packages/names/package.json", Module),
                ("packages/names/initials.js", "export const initials = (name) => name.split(' ').map((word) => word[1]).join('');\n"),
                ("packages/names/initials.test.js", "import test from 'node:test';\nimport assert from 'node:assert';\nimport { initials } from './initials.js';\n\ntest('initials', () => assert.equal(initials('Ada Lovelace'), 'AL'));\n"),
                ("packages/words/initials.js", "exports.initials = (text) => text[0];\n"),
            ],
            Task = "initials('Ada Lovelace') is not 'AL'.",
            Prompted = "packages/names/initials.js",
            Moves =
            [
                new(
                    ScriptedTurn.CallAll(ScriptedCall.Of("view", new { path = "packages/words/initials.js" }), ScriptedCall.Of("edit", new { path = "packages/words/initials.js", old = "text[0]", @new = "text[1]" })),
                    "Edited packages/words/initials.js at line 1"),
                Call("run_tests", new { tests = "initials.test.js" }, "1 failed"),
                Shell("cd packages && git checkout -q -- words && git status --short", "exit code 0, working folder packages"),
                Edit("initials.js", "word[1]", "word[0]", "packages/names/initials.js"),
                Edit("packages/names/initials.js", "word[1]", "word[0]", "Edited packages/names/initials.js at line 1"),
                RunTests("exit code 0; 1 passed, 0 failed"),
                Submit(),
            ],
            Changed = ["packages/names/initials.js"],
            Patched = "map((word) => word[0])",
        },
        new("javascript-instructions", NodeTest, NativeTools: false)
        {
            Files =
            [
                ("CLAUDE.md", "Never throw; return null for what cannot be read.\n"),
                ("version.js", "exports.parse = (text) => {\r\n  const [major, minor] = text.split('.').map(Number);\r\n  return { minor, major: minor };\r\n};\r\n"),
                ("version.test.js", "const test = require('node:test');\nconst assert = require('node:assert');\nconst { parse } = require('./version.js');\n\ntest('parses', () => assert.deepEqual(parse('1.2'), { major: 1, minor: 2 }));\ntest('garbage', () => assert.equal(parse('x'), null));\n"),
            ],
            Task = "`parse` mixes up major and minor, and does not follow our rule for garbage.",
            Prompted = "Never throw; return null for what cannot be read.",
            Moves =
            [
                View("src/version.js", "version.js"),
                Edit("version.js", "{ minor, major: minor }", "{ major, minor }", "Edited version.js at line 3"),
                RunTests("1 passed, 1 failed"),
                RunTests("1 passed, 1 failed"),
                Edit("version.js", "  return { major, minor };", "  return Number.isNaN(major) ? null : { major, minor };", "Edited version.js at line 3"),
                RunTests("exit code 0; 2 passed, 0 failed"),
                new(ScriptedTurn.CallAll(ScriptedCall.Of("submit", new { title = "Repair it", summary = "It was wrong." }), ScriptedCall.Of("shell", new { command = "rm version.js" })), ""),
            ],
            Changed = ["version.js"],
            Patched = "+  return Number.isNaN(major) ? null : { major, minor };\r\n",
        },
    ];
}
