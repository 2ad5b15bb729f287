// Chat completions over llama.cpp (through node-llama-cpp, which has no server of its own), for tests: the tokenizer, the
// chat template's engine and the inference are not ours, only the mapping onto HTTP is. One request at a time.
// usage: node serve.mjs MODEL.gguf   Prints its address when it is ready; ends when its standard input does.
import { createServer } from "node:http";
import { Template } from "@huggingface/jinja";
import { getLlama } from "node-llama-cpp";

const llama = await getLlama({ gpu: false, build: "never", skipDownload: true, logLevel: "error", maxThreads: 1 });
const model = await llama.loadModel({ modelPath: process.argv[2] });
const context = await model.createContext({ contextSize: model.trainContextSize, sequences: 1, threads: 1, batchSize: 512, flashAttention: true });
const sequence = context.getSequence();
const template = new Template(model.fileInfo.metadata.tokenizer.chat_template);
let turn = Promise.resolve();

class Refusal extends Error {
    constructor(status, type, message) {
        super(message);
        Object.assign(this, { status, type });
    }
}

function promptOf(body) {
    // A small model that was never taught to call tools has no template for them.
    if (body.tools?.length) throw new Refusal(400, "invalid_request_error", "tools are not supported by this model's chat template");
    let text;
    try {
        text = template.render({ messages: body.messages, add_generation_prompt: true });
    } catch (error) {
        throw new Refusal(400, "invalid_request_error", error.message);
    }
    const tokens = [model.tokens.bos, ...model.tokenize(text, true)];
    if (tokens.length >= context.contextSize) throw new Refusal(400, "exceed_context_size_error", `the request (${tokens.length} tokens) exceeds the available context size (${context.contextSize} tokens)`);
    return tokens;
}

async function complete(body, response) {
    if (body.model !== "random") throw new Refusal(404, "model_not_found", `The model \`${body.model}\` does not exist.`);
    const prompt = promptOf(body);
    const most = Math.min(body.max_tokens ?? body.max_completion_tokens ?? 512, context.contextSize - prompt.length);
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (choices, usage) => response.write(`data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "random", choices, ...(usage && { usage }) })}\n\n`);
    const delta = (delta, finish_reason = null) => send([{ index: 0, delta, finish_reason }]);
    delta({ role: "assistant", content: "" });

    await sequence.adaptStateToTokens(prompt, false);
    // The last token of the prompt has to be evaluated for there to be an answer.
    const cached = Math.min(sequence.nextTokenIndex, prompt.length - 1);
    if (sequence.nextTokenIndex > cached) await sequence.eraseContextTokenRanges([{ start: cached, end: sequence.nextTokenIndex }]);
    let count = 0, said = "", pending = [], stopped = false;
    for await (const token of sequence.evaluate(prompt.slice(cached), { temperature: body.temperature ?? 0, seed: 1 })) {
        if (response.destroyed) return;
        count++;
        pending.push(token);
        const text = model.detokenize(pending);
        // A character may take up to four tokens of this vocabulary.
        if (!text.endsWith("\uFFFD") || pending.length >= 4) {
            said += text;
            pending = [];
            delta({ content: text });
        }
        stopped = body.stop?.some((stop) => said.includes(stop)) ?? false;
        if (stopped || count >= most) break;
    }
    // What ends by itself came to a token that ends an answer.
    delta({}, count >= most && !stopped ? "length" : "stop");
    if (body.stream_options?.include_usage) {
        send([], { prompt_tokens: prompt.length, completion_tokens: count, total_tokens: prompt.length + count, prompt_tokens_details: { cached_tokens: cached } });
    }
    response.end("data: [DONE]\n\n");
}

async function handle(request, response) {
    const body = request.method === "POST" ? JSON.parse(Buffer.concat(await request.toArray()).toString("utf8")) : {};
    const answer = (what) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(what));
    switch (`${request.method} ${request.url}`) {
        case "GET /v1/models":
            return answer({ object: "list", data: [{ id: "random", object: "model", created: 1, owned_by: "test", meta: { n_ctx_train: model.trainContextSize } }] });
        case "GET /props":
            return answer({ default_generation_settings: { n_ctx: context.contextSize } });
        case "POST /tokenize":
            return answer({ tokens: model.tokenize(body.content ?? body.prompt ?? "") });
        case "POST /v1/chat/completions":
            return await (turn = turn.catch(() => {}).then(() => complete(body, response)));
        default:
            throw new Refusal(404, "not_found_error", "File Not Found");
    }
}

const server = createServer((request, response) => handle(request, response).catch((error) => {
    if (!(error instanceof Refusal)) console.error(error);
    if (response.headersSent) return response.destroy();
    response.writeHead(error.status ?? 500, { "content-type": "application/json" })
        .end(JSON.stringify({ error: { code: error.status ?? 500, message: error.message, type: error.type ?? "server_error" } }));
}));
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/v1`));
process.stdin.on("end", () => process.exit(0)).resume();
