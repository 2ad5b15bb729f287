import type { Plugin } from 'vite';

/**
 * Languages that the diff view colours. The highlighter ships some 300 grammars (10 MB); a language that
 * is missing here is shown as plain text.
 */
const grammars = new Set([
  'angular-html', 'bash', 'bat', 'c', 'clojure', 'cmake', 'cpp', 'cpp-macro', 'csharp', 'css', 'csv', 'dart', 'diff', 'docker',
  'dotenv', 'elixir', 'erlang', 'fsharp', 'git-commit', 'glsl', 'go', 'graphql', 'groovy', 'haskell', 'hcl', 'html',
  'html-derivative', 'ini', 'java', 'javascript', 'json', 'json5', 'jsonc', 'jsonl', 'jsx', 'julia', 'kotlin', 'less', 'log',
  'lua', 'make', 'markdown', 'mdx', 'nginx', 'nix', 'objective-c', 'ocaml', 'perl', 'php', 'postcss', 'powershell', 'prisma',
  'proto', 'python', 'r', 'razor', 'regexp', 'rst', 'ruby', 'rust', 'sass', 'scala', 'scss', 'shellscript', 'shellsession',
  'solidity', 'sql', 'svelte', 'swift', 'terraform', 'toml', 'tsx', 'typescript', 'vb', 'vue', 'wasm', 'xml', 'yaml', 'zig',
]);

const empty = '\0unused-grammar';

/** Leaves unused grammars, themes and the WebAssembly engine out of the build. */
export function onlyUsedGrammars(): Plugin {
  return {
    name: 'only-used-grammars',
    enforce: 'pre',
    apply: 'build',
    resolveId(source) {
      const grammar = /^@shikijs\/langs\/(.+)$/.exec(source)?.[1];
      const unused = grammar === undefined ? /^@shikijs\/themes\/|^shiki\/wasm$/.test(source) : !grammars.has(grammar);
      return unused ? empty : null;
    },
    load: (id) => (id === empty ? 'export default [];' : null),
  };
}
