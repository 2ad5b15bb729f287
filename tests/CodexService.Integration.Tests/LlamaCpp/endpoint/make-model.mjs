// Writes a tiny language model with random weights as a GGUF file: enough for llama.cpp to load, tokenize and answer with.
// Layout after the specification, version 3: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
// usage: node make-model.mjs FILE
import { writeFileSync } from "node:fs";

const CONTEXT = 32768, WIDTH = 32, LAYERS = 1, HEADS = 2, HIDDEN = 64, ALIGNMENT = 32;
const U32 = 4, I32 = 5, F32 = 6, BOOL = 7, STRING = 8, ARRAY = 9;
const NORMAL = 1, UNKNOWN = 2, CONTROL = 3, BYTE = 6;

// As strict as Mistral's template: what joins neighbouring messages wrongly is refused.
const TEMPLATE = `{%- set ns = namespace(turn=0) -%}
{%- for message in messages -%}
{%- if message.role != 'system' -%}
{%- if (message.role == 'user') != (ns.turn % 2 == 0) -%}
{{- raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') -}}
{%- endif -%}
{%- set ns.turn = ns.turn + 1 -%}
{%- endif -%}
{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' -}}
{%- endfor -%}
{{- '<|im_start|>assistant\\n' -}}`;

const tokens = [
    ["<unk>", UNKNOWN], ["<s>", CONTROL], ["</s>", CONTROL], ["<|im_start|>", CONTROL], ["<|im_end|>", CONTROL],
    ...Array.from({ length: 256 }, (_, i) => [`<0x${i.toString(16).toUpperCase().padStart(2, "0")}>`, BYTE]),
    ["\u2581", NORMAL],
];

const chunks = [];
const put = (size, write) => {
    const bytes = Buffer.alloc(size);
    write(bytes);
    chunks.push(bytes);
};
const u32 = (value) => put(4, (b) => b.writeUInt32LE(value));
const u64 = (value) => put(8, (b) => b.writeBigUInt64LE(BigInt(value)));
const text = (value) => {
    const bytes = Buffer.from(value, "utf8");
    u64(bytes.length);
    chunks.push(bytes);
};
const plain = {
    [U32]: u32,
    [I32]: (value) => put(4, (b) => b.writeInt32LE(value)),
    [F32]: (value) => put(4, (b) => b.writeFloatLE(value)),
    [BOOL]: (value) => put(1, (b) => b.writeUInt8(value ? 1 : 0)),
    [STRING]: text,
};
const value = (name, type, what, of) => {
    text(name);
    u32(type);
    if (type === ARRAY) {
        u32(of);
        u64(what.length);
        what.forEach(plain[of]);
    } else {
        plain[type](what);
    }
};

const metadata = [
    ["general.architecture", STRING, "llama"],
    ["general.name", STRING, "random"],
    ["general.file_type", U32, 0],
    ["llama.context_length", U32, CONTEXT],
    ["llama.embedding_length", U32, WIDTH],
    ["llama.block_count", U32, LAYERS],
    ["llama.feed_forward_length", U32, HIDDEN],
    ["llama.attention.head_count", U32, HEADS],
    ["llama.attention.head_count_kv", U32, HEADS],
    ["llama.attention.layer_norm_rms_epsilon", F32, 1e-5],
    ["llama.rope.dimension_count", U32, WIDTH / HEADS],
    ["llama.vocab_size", U32, tokens.length],
    ["tokenizer.ggml.model", STRING, "llama"],
    ["tokenizer.ggml.tokens", ARRAY, tokens.map(([token]) => token), STRING],
    ["tokenizer.ggml.scores", ARRAY, tokens.map(() => 0), F32],
    ["tokenizer.ggml.token_type", ARRAY, tokens.map(([, type]) => type), I32],
    ["tokenizer.ggml.unknown_token_id", U32, 0],
    ["tokenizer.ggml.bos_token_id", U32, 1],
    ["tokenizer.ggml.eos_token_id", U32, 2],
    ["tokenizer.ggml.eot_token_id", U32, 4],
    ["tokenizer.ggml.add_bos_token", BOOL, true],
    ["tokenizer.ggml.add_space_prefix", BOOL, false],
    ["tokenizer.chat_template", STRING, TEMPLATE],
];

const tensors = [["token_embd.weight", [WIDTH, tokens.length]]];
for (let layer = 0; layer < LAYERS; layer++) {
    const name = (part) => `blk.${layer}.${part}.weight`;
    tensors.push([name("attn_norm"), [WIDTH]], [name("ffn_norm"), [WIDTH]]);
    for (const part of ["attn_q", "attn_k", "attn_v", "attn_output"]) {
        tensors.push([name(part), [WIDTH, WIDTH]]);
    }
    tensors.push([name("ffn_gate"), [WIDTH, HIDDEN]], [name("ffn_up"), [WIDTH, HIDDEN]], [name("ffn_down"), [HIDDEN, WIDTH]]);
}
tensors.push(["output_norm.weight", [WIDTH]], ["output.weight", [WIDTH, tokens.length]]);

const padded = (length) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;
const size = (shape) => shape.reduce((a, b) => a * b) * 4;

chunks.push(Buffer.from("GGUF"));
u32(3);
u64(tensors.length);
u64(metadata.length);
metadata.forEach((entry) => value(...entry));
let offset = 0;
for (const [name, shape] of tensors) {
    text(name);
    u32(shape.length);
    shape.forEach(u64);
    u32(0); // F32
    u64(offset);
    offset += padded(size(shape));
}
const head = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
chunks.push(Buffer.alloc(padded(head) - head));

// The same weights every time (xorshift32).
let state = 0x9e3779b9;
const random = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000 - 0.5;
};
for (const [, shape] of tensors) {
    const bytes = Buffer.alloc(padded(size(shape)));
    for (let at = 0; at < size(shape); at += 4) {
        bytes.writeFloatLE(shape.length === 1 ? 1 : random(), at);
    }
    chunks.push(bytes);
}

writeFileSync(process.argv[2], Buffer.concat(chunks));
